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
	Kind    string  `json:"kind"`
	Native  string  `json:"native,omitempty"`
	Text    *string `json:"text,omitempty"`
	Base64  *[]byte `json:"base64,omitempty"`
	Items   []Value `json:"items,omitempty"`
	Entries []entry `json:"entries,omitempty"`
}

type entry struct {
	Key   string `json:"key"`
	Value Value  `json:"value"`
}

var (
	anyType    = reflect.TypeFor[any]()
	timeType   = reflect.TypeFor[time.Time]()
	readerType = reflect.TypeFor[io.Reader]()
	nilable    = []reflect.Kind{reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map}
)

func (v Value) text() string {
	if v.Text == nil {
		return ""
	}
	return *v.Text
}

// as converts a tagged value to a Go type. A value that the compiler would refuse is unsupported.
func (v Value) as(want reflect.Type) (reflect.Value, error) {
	refused := unsupported("a %s takes no %s %s", want, v.Kind, v.text())
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
		moment, err = time.Parse(time.RFC3339, v.text())
		made.Set(reflect.ValueOf(moment))
	case want == readerType && (v.Kind == "bytes" || v.Kind == "string"):
		made.Set(reflect.ValueOf(bytes.NewReader(v.bytes())))
	case want == anyType && natural[v.Kind] != nil:
		return v.as(natural[v.Kind])
	case want.Kind() == reflect.Bool && v.Kind == "boolean":
		made.SetBool(v.text() == "true")
	case want.Kind() == reflect.String && (v.Kind == "bytes" || v.Kind == "string"):
		made.SetString(string(v.bytes()))
	case made.CanInt() && v.Kind == "integer":
		var number int64
		number, err = strconv.ParseInt(v.text(), 10, want.Bits())
		made.SetInt(number)
	case made.CanFloat() && (v.Kind == "integer" || v.Kind == "number"):
		var number float64
		number, err = strconv.ParseFloat(v.text(), want.Bits())
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
	if err != nil {
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
		return []byte(v.text())
	}
	return *v.Base64
}

func absent() Value { return Value{Kind: "absent"} }

// encode is the tagged value of anything that the SDK gave.
func encode(value reflect.Value) Value {
	if !value.IsValid() {
		return Value{Kind: "null", Native: "nil"}
	}
	native := value.Type().String()
	tagged := func(kind, text string) Value { return Value{Kind: kind, Native: native, Text: &text} }
	switch kind := value.Kind(); {
	case slices.Contains(nilable, kind) && value.IsNil():
		return Value{Kind: "null", Native: native}
	case kind == reflect.Pointer || kind == reflect.Interface:
		return encode(value.Elem())
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
		return binary(native, []byte(value.String()))
	case kind == reflect.Slice && value.Type().Elem().Kind() == reflect.Uint8:
		return binary(native, value.Bytes())
	case kind == reflect.Slice || kind == reflect.Array:
		list := Value{Kind: "list", Native: native}
		for i := range value.Len() {
			list.Items = append(list.Items, encode(value.Index(i)))
		}
		return list
	case kind == reflect.Map:
		object := Value{Kind: "map", Native: native}
		for _, key := range value.MapKeys() {
			object.Entries = append(object.Entries, entry{fmt.Sprint(key), encode(value.MapIndex(key))})
		}
		slices.SortFunc(object.Entries, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
		return object
	default:
		return Value{Kind: "other", Native: native}
	}
}

func binary(native string, content []byte) Value {
	return Value{Kind: "bytes", Native: native, Base64: &content}
}
