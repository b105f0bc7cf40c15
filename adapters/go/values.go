package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Value is anything as it travels: tagged, so that nil and a zero value stay two things.
type Value struct {
	Kind      string  `json:"kind"`
	Text      string  `json:"text"`
	Base64    *[]byte `json:"base64"`
	Items     []Value `json:"items"`
	Entries   []entry `json:"entries"`
	Handle    string  `json:"handle"`
	Attribute string  `json:"attribute"`
}

type entry struct {
	Key   string `json:"key"`
	Value Value  `json:"value"`
}

// deepest is how many lists and maps inside each other are shown.
const deepest = 64

var (
	anyType    = reflect.TypeFor[any]()
	timeType   = reflect.TypeFor[time.Time]()
	readerType = reflect.TypeFor[io.Reader]()
	nilable    = []reflect.Kind{reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map}
)

// as converts a tagged value to a Go type. A value that the compiler would refuse is unsupported.
func (v Value) as(want reflect.Type) (reflect.Value, error) {
	if v.Kind != "null" && natural[v.Kind] == nil {
		return reflect.Value{}, fault(-32602, "Go has no value of the kind %q", v.Kind)
	}
	refused := unsupported("a %s takes no %s %s", want, v.Kind, v.Text)
	made := reflect.New(want).Elem()
	var err error
	switch {
	case v.Kind == "null" && slices.Contains(nilable, want.Kind()):
	case want.Kind() == reflect.Pointer:
		var pointed reflect.Value
		if pointed, err = v.as(want.Elem()); err == nil {
			made.Set(reflect.New(want.Elem()))
			made.Elem().Set(pointed)
		}
	case want == timeType && v.Kind == "string":
		var moment time.Time
		moment, err = time.Parse(time.RFC3339, v.Text)
		made.Set(reflect.ValueOf(moment))
	case want == readerType && (v.Kind == "bytes" || v.Kind == "string"):
		made.Set(reflect.ValueOf(bytes.NewReader(v.bytes())))
	case want == anyType:
		return v.as(natural[v.Kind])
	case want.Kind() == reflect.Bool && v.Kind == "boolean":
		made.SetBool(v.Text == "true")
	case want.Kind() == reflect.String && (v.Kind == "bytes" || v.Kind == "string"):
		made.SetString(string(v.bytes()))
	case made.CanInt() && v.Kind == "integer":
		var number int64
		number, err = strconv.ParseInt(v.Text, 10, want.Bits())
		made.SetInt(number)
	case made.CanFloat() && (v.Kind == "integer" || v.Kind == "number"):
		var number float64
		number, err = strconv.ParseFloat(v.Text, want.Bits())
		made.SetFloat(number)
	case want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Uint8 && v.Kind == "bytes":
		made.SetBytes(v.bytes())
	case want.Kind() == reflect.Slice && v.Kind == "list":
		made.Set(reflect.MakeSlice(want, len(v.Items), len(v.Items)))
		for i, item := range v.Items {
			err = errors.Join(err, item.put(made.Index(i)))
		}
	case want.Kind() == reflect.Map && want.Key().Kind() == reflect.String && v.Kind == "map":
		made.Set(reflect.MakeMap(want))
		for _, each := range v.Entries {
			member := reflect.New(want.Elem()).Elem()
			err = errors.Join(err, each.Value.put(member))
			made.SetMapIndex(reflect.ValueOf(each.Key).Convert(want.Key()), member)
		}
	default:
		err = refused
	}
	var misused faultError
	switch {
	case errors.As(err, &misused):
		return made, misused
	case errors.Is(err, strconv.ErrSyntax):
		return made, fault(-32602, "%v", err)
	case err != nil:
		return made, refused
	}
	return made, nil
}

func (v Value) put(target reflect.Value) error {
	made, err := v.as(target.Type())
	if err == nil {
		target.Set(made)
	}
	return err
}

// natural is the type of the value where the SDK takes anything.
var natural = map[string]reflect.Type{
	"boolean": reflect.TypeFor[bool](),
	"integer": reflect.TypeFor[int64](),
	"number":  reflect.TypeFor[float64](),
	"string":  reflect.TypeFor[string](),
	"bytes":   reflect.TypeFor[[]byte](),
	"list":    reflect.TypeFor[[]any](),
	"map":     reflect.TypeFor[map[string]any](),
}

func (v Value) bytes() []byte {
	if v.Base64 == nil {
		return []byte(v.Text)
	}
	return *v.Base64
}

// encode is the tagged value of anything that the SDK gave, inside so many lists and maps.
func encode(value reflect.Value, depth int) object {
	if !value.IsValid() {
		return object{"kind": "null", "native": "nil"}
	}
	native := value.Type().String()
	tagged := func(kind, text string) object { return object{"kind": kind, "native": native, "text": text} }
	switch kind := value.Kind(); {
	case slices.Contains(nilable, kind) && value.IsNil():
		return object{"kind": "null", "native": native}
	case kind == reflect.Pointer || kind == reflect.Interface:
		shown := encode(value.Elem(), depth)
		if shown["kind"] == "other" && shown["text"] == "" {
			shown["text"] = printed(value)
		}
		return shown
	case value.Type() == timeType:
		return tagged("other", value.Interface().(time.Time).Format(time.RFC3339Nano))
	case kind == reflect.Bool:
		return tagged("boolean", strconv.FormatBool(value.Bool()))
	case value.CanInt():
		return tagged("integer", strconv.FormatInt(value.Int(), 10))
	case value.CanUint():
		return tagged("integer", strconv.FormatUint(value.Uint(), 10))
	case value.CanFloat():
		return tagged("number", strconv.FormatFloat(value.Float(), 'g', -1, value.Type().Bits()))
	case kind == reflect.String && utf8.ValidString(value.String()):
		return tagged("string", value.String())
	case kind == reflect.String:
		return object{"kind": "bytes", "native": native, "base64": []byte(value.String())}
	case kind == reflect.Slice && value.Type().Elem().Kind() == reflect.Uint8:
		return object{"kind": "bytes", "native": native, "base64": value.Bytes()}
	case (kind == reflect.Slice || kind == reflect.Array) && depth < deepest:
		items := []object{}
		for i := range value.Len() {
			items = append(items, encode(value.Index(i), depth+1))
		}
		return object{"kind": "list", "native": native, "items": items}
	case kind == reflect.Map && depth < deepest:
		entries := []object{}
		for _, key := range value.MapKeys() {
			entries = append(entries, object{"key": fmt.Sprint(key), "value": encode(value.MapIndex(key), depth+1)})
		}
		slices.SortFunc(entries, func(a, b object) int { return strings.Compare(a["key"].(string), b["key"].(string)) })
		return object{"kind": "map", "native": native, "entries": entries}
	default:
		return tagged("other", printed(value))
	}
}

// printed is what an object says of itself; Go would print the addresses inside any other.
func printed(value reflect.Value) string {
	if value.CanInterface() {
		switch value.Interface().(type) {
		case error, fmt.Stringer:
			return fmt.Sprint(value.Interface())
		}
	}
	return ""
}
