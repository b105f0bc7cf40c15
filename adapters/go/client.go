package main

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// resource is a package of the SDK: how its client is made, and the type of its objects.
type resource struct {
	client func(Config) any
	object reflect.Type
}

// unsupported is a reason why this release cannot do what it was asked.
func unsupported(format string, parts ...any) error {
	return unsupportedError(fmt.Sprintf(format, parts...))
}

type unsupportedError string

func (u unsupportedError) Error() string { return string(u) }

// settings are those of one Config, under whatever names the release has.
type settings struct{ config *Config }

func newSettings(baseURL string, log logger) (settings, error) {
	s := settings{new(Config)}
	log.hand(s.config)
	if !s.set("EndpointOverride", baseURL) && !s.set("Endpoint", baseURL) {
		return s, fmt.Errorf("%s has no field for the address", reflect.TypeFor[Config]())
	}
	if config, ok := any(*s.config).(interface{ Init() Config }); ok {
		*s.config = config.Init()
	}
	return s, nil
}

func (s settings) set(field, text string) bool {
	found := reflect.ValueOf(s.config).Elem().FieldByName(field)
	if found.IsValid() {
		found.SetString(text)
	}
	return found.IsValid()
}

func (s settings) credential(name, value string) bool {
	return s.set(map[string]string{"session_id": "SessionId", "api_key": "APIKey"}[name], value)
}

// retrying is the retryablehttp.Client that sends the requests of this Config.
func (s settings) retrying() reflect.Value {
	config := reflect.ValueOf(s.config)
	if client := config.Elem().FieldByName("Client"); client.IsValid() {
		return client.Elem()
	}
	if get := config.MethodByName("GetRawClient"); get.IsValid() {
		return get.Call(nil)[0].Elem()
	}
	standard := config.MethodByName("GetHttpClient").Call(nil)[0].Interface().(*http.Client)
	return reflect.ValueOf(standard.Transport).Elem().FieldByName("Client").Elem()
}

func (s settings) network(name string, value float64) bool {
	client := s.retrying()
	duration := time.Duration(value * float64(time.Second))
	switch name {
	case "attempts": // RetryMax does not count the first.
		client.FieldByName("RetryMax").SetInt(int64(value) - 1)
	case "first_delay_seconds":
		client.FieldByName("RetryWaitMin").SetInt(int64(duration))
	case "longest_delay_seconds":
		client.FieldByName("RetryWaitMax").SetInt(int64(duration))
	case "read_seconds": // The SDK's own client is shared by all that use the SDK.
		field := client.FieldByName("HTTPClient")
		own := *field.Interface().(*http.Client)
		own.Timeout = duration
		field.Set(reflect.ValueOf(&own))
	default:
		return false
	}
	return true
}

// with is a Config of the same network that knows its caller by these credentials alone.
func (s settings) with(credentials map[string]string) (Config, error) {
	own := *s.config
	if len(credentials) == 0 {
		return own, nil
	}
	fresh := settings{&own}
	fresh.credential("session_id", "")
	fresh.credential("api_key", "")
	for name, value := range credentials {
		if !fresh.credential(name, value) {
			return own, unsupported("%s has nothing for %s", reflect.TypeFor[Config](), name)
		}
	}
	return own, nil
}

// operations are the methods of a client that it does not have from its Config.
func operations(client any) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	value, embedded := reflect.ValueOf(client), reflect.ValueOf(new(Config))
	for i := range value.NumMethod() {
		name := value.Type().Method(i).Name
		if other := embedded.MethodByName(name); !other.IsValid() || other.Type() != value.Method(i).Type() {
			found[name] = value.Method(i)
		}
	}
	return found
}

// send calls an operation with its parameters in whatever the release takes them, and gives what
// it returned; an iterator is read to its end, which is what sends its requests.
func send(method reflect.Value, parameters map[string]Value) (reflect.Value, error) {
	var arguments []reflect.Value
	used := len(parameters) == 0
	for i := range method.Type().NumIn() {
		want := method.Type().In(i)
		switch {
		case method.Type().IsVariadic() && i == method.Type().NumIn()-1:
		case want == reflect.TypeFor[context.Context]():
			arguments = append(arguments, reflect.ValueOf(context.Background()))
		case want.Kind() == reflect.Struct:
			made, err := construct(want, parameters)
			if err != nil {
				return made, err
			}
			arguments, used = append(arguments, made), true
		default:
			return reflect.Value{}, unsupported("%s takes a %s", method.Type(), want)
		}
	}
	if !used {
		return reflect.Value{}, unsupported("%s takes no parameters", method.Type())
	}
	return result(method.Call(arguments))
}

func result(returned []reflect.Value) (value reflect.Value, err error) {
	for _, each := range returned {
		if failure, ok := each.Interface().(error); ok {
			return value, failure
		}
		if !each.Type().Implements(reflect.TypeFor[error]()) {
			value = each
		}
	}
	if !value.IsValid() {
		return value, nil
	}
	iterator, ok := value.Interface().(interface {
		Next() bool
		Current() any
		Err() error
	})
	if !ok {
		return value, nil
	}
	items := []any{}
	for iterator.Next() {
		items = append(items, iterator.Current())
	}
	return reflect.ValueOf(items), iterator.Err()
}

// construct makes a struct with the named fields. A field is named as on the wire or as in Go.
func construct(kind reflect.Type, parameters map[string]Value) (reflect.Value, error) {
	made := reflect.New(kind).Elem()
	for name, value := range parameters {
		if value.Kind == "absent" {
			continue
		}
		plain := strings.ReplaceAll(name, "_", "")
		field := made.FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, plain) })
		if !field.IsValid() || !field.CanSet() {
			return made, unsupported("%s has no field for %s", kind, name)
		}
		if err := value.put(field); err != nil {
			return made, err
		}
	}
	return made, nil
}

// attribute reads a field of a struct.
func attribute(object reflect.Value, name string) Value {
	for object.IsValid() && (object.Kind() == reflect.Pointer || object.Kind() == reflect.Interface) {
		object = object.Elem()
	}
	if !object.IsValid() || object.Kind() != reflect.Struct {
		return absent()
	}
	if field, ok := object.Type().FieldByName(name); ok && field.IsExported() {
		return encode(object.FieldByIndex(field.Index))
	}
	return absent()
}
