package main

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// resource is a package of the SDK: how its client is made, and the type of its objects.
type resource struct {
	client func(Config) any
	object reflect.Type
}

// ── the Config ───────────────────────────────────────────────────────────────────────────────

// newConfig is a Config with nothing but what makes cases short, and the log.
func (a *adapter) newConfig() (*Config, error) {
	made := new(Config)
	fields := reflect.ValueOf(made).Elem()
	newLogger(a.logLevel).hand(fields.FieldByName("Logger"))
	address := fields.FieldByName("EndpointOverride")
	if !address.IsValid() {
		address = fields.FieldByName("Endpoint")
	}
	if !address.IsValid() {
		return nil, fmt.Errorf("%s has no field for the address", fields.Type())
	}
	address.SetString(a.baseURL)
	if config, ok := any(*made).(interface{ Init() Config }); ok {
		*made = config.Init()
	}
	for name, value := range a.rig {
		change(retrying(made), name, value)
	}
	return made, nil
}

// set gives one field of a Config a value, as far as the compiler would.
func (a *adapter) set(config *Config, name string, value Value) error {
	field, ok := attribute(reflect.ValueOf(config), name)
	if !ok {
		return unsupported("%s has no field %s", reflect.TypeFor[Config](), name)
	}
	return a.put(value, field)
}

// retrying is what sends the requests of a Config.
func retrying(config *Config) *retryablehttp.Client {
	value := reflect.ValueOf(config)
	if client := value.Elem().FieldByName("Client"); client.IsValid() {
		return client.Interface().(*retryablehttp.Client)
	}
	if older, ok := any(config).(interface{ GetRawClient() *retryablehttp.Client }); ok {
		return older.GetRawClient()
	}
	standard := value.MethodByName("GetHttpClient").Call(nil)[0].Interface().(*http.Client)
	return standard.Transport.(*retryablehttp.RoundTripper).Client
}

// change makes cases short.
func change(client *retryablehttp.Client, name string, value float64) bool {
	duration := time.Duration(value * float64(time.Second))
	switch name {
	case "attempts": // RetryMax does not count the first.
		client.RetryMax = int(value) - 1
	case "delay_seconds":
		client.RetryWaitMin, client.RetryWaitMax = duration, duration
	case "read_seconds": // The SDK's own client is shared by all that use the SDK.
		own := *client.HTTPClient
		own.Timeout = duration
		client.HTTPClient = &own
	default:
		return false
	}
	return true
}

// ── calls ────────────────────────────────────────────────────────────────────────────────────

// attempt does what the form of a call says.
func (a *adapter) attempt(params callParams) (value reflect.Value, err error) {
	if params.Form == "read" || params.Form == "instance" {
		kept, ok := a.kept[params.On]
		if !ok {
			return value, fault(-32602, "nothing is kept under %q", params.On)
		}
		if params.Form == "read" {
			return kept, nil
		}
	}
	if err := a.handles(params.Named, params.Options); err != nil {
		return value, err
	}
	resource, ok := resources[params.Resource]
	switch {
	case !ok:
		return value, unsupported("there is no %s here", params.Resource)
	case len(params.Positional) > 0:
		return value, unsupported("Go's operations take no arguments but one Params")
	}
	switch params.Form {
	case "construct":
		if params.Options != nil {
			return value, unsupported("a %s is no more than its fields", resource.object)
		}
		return a.construct(resource.object, params.Named)
	case "instance":
		return value, unsupported("a %s sends nothing: Go's operations belong to clients", resource.object)
	case "", "static":
		config := a.config
		if params.Options != nil {
			if config, err = a.newConfig(); err != nil {
				return value, err
			}
		}
		for name, option := range params.Options {
			if err := a.set(config, name, option); err != nil {
				return value, err
			}
		}
		method, ok := operations(resource.client(*config))[params.Operation]
		if !ok {
			return value, unsupported("%s has no %s", params.Resource, params.Operation)
		}
		arguments, err := a.arguments(method.Type(), params.Named)
		if err != nil {
			return value, err
		}
		return send(method, arguments)
	}
	return value, fault(-32602, "there is no form %q", params.Form)
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

// arguments are the struct of named parameters, empty if there are none, and a context.
func (a *adapter) arguments(method reflect.Type, named map[string]Value) (passed []reflect.Value, err error) {
	refused := len(named) > 0
	for i := range method.NumIn() {
		want := method.In(i)
		switch {
		case method.IsVariadic() && i == method.NumIn()-1:
		case want == reflect.TypeFor[context.Context]():
			passed = append(passed, reflect.ValueOf(context.Background()))
		case want.Kind() == reflect.Struct:
			made, err := a.construct(want, named)
			if err != nil {
				return nil, err
			}
			passed, refused = append(passed, made), false
		default:
			return nil, unsupported("%s takes a %s", method, want)
		}
	}
	if refused {
		return nil, unsupported("%s takes no parameters", method)
	}
	return passed, nil
}

// send runs the SDK, and gives what it returned; an iterator is read to its end, which is what
// sends its requests.
func send(method reflect.Value, arguments []reflect.Value) (value reflect.Value, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if err, _ = thrown.(error); err == nil {
				err = panicError(fmt.Sprint(thrown))
			}
		}
	}()
	for _, each := range method.Call(arguments) {
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

// construct makes a struct with the named fields: the field Username for the parameter username.
func (a *adapter) construct(kind reflect.Type, parameters map[string]Value) (reflect.Value, error) {
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
		if err := a.put(value, field); err != nil {
			return made, err
		}
	}
	return made, nil
}

// handles is a fault if one of the values is an object that is not kept.
func (a *adapter) handles(given ...map[string]Value) error {
	for _, values := range given {
		for _, value := range values {
			if _, ok := a.kept[value.Handle]; value.Kind == "kept" && !ok {
				return fault(-32602, "nothing is kept under %q", value.Handle)
			}
		}
	}
	return nil
}

// put assigns a value, or what is kept, as far as the compiler would.
func (a *adapter) put(value Value, target reflect.Value) error {
	if value.Kind != "kept" {
		return value.put(target)
	}
	kept, ok := a.kept[value.Handle], true
	if value.Attribute != "" {
		kept, ok = attribute(kept, value.Attribute)
	}
	if !ok || !kept.IsValid() || !kept.Type().AssignableTo(target.Type()) {
		return unsupported("a %s takes no %s.%s", target.Type(), value.Handle, value.Attribute)
	}
	target.Set(kept)
	return nil
}

// attribute is an exported field of a struct.
func attribute(object reflect.Value, name string) (reflect.Value, bool) {
	for object.IsValid() && (object.Kind() == reflect.Pointer || object.Kind() == reflect.Interface) {
		object = object.Elem()
	}
	if !object.IsValid() || object.Kind() != reflect.Struct {
		return object, false
	}
	field, ok := object.Type().FieldByName(name)
	if !ok || !field.IsExported() {
		return object, false
	}
	return object.FieldByIndex(field.Index), true
}
