// Adapter calls the Files.com SDK for Go as the suite asks, and reports what happened.
//
// JSON-RPC 2.0, one message a line: requests on standard input, replies on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

const protocol = 1

// faultError says that the adapter cannot do what it was asked; the SDK has no part in it.
type faultError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (f faultError) Error() string { return f.Message }

func fault(code int, format string, parts ...any) error {
	return faultError{code, fmt.Sprintf(format, parts...)}
}

type adapter struct {
	baseURL  string
	log      logger
	settings settings
	kept     map[string]reflect.Value
	stopped  bool
}

// object is one JSON object of a reply.
type object map[string]any

// ── the methods ──────────────────────────────────────────────────────────────────────────────

type startParams struct {
	Protocol int    `json:"protocol"`
	BaseURL  string `json:"base_url"`
	CAFile   string `json:"ca_file"`
	LogLevel string `json:"log_level"`
}

func (a *adapter) start(params startParams) (object, error) {
	if params.Protocol != protocol {
		return nil, fault(-32000, "this adapter speaks version %d", protocol)
	}
	if params.BaseURL == "" {
		return nil, fault(-32602, "start needs base_url")
	}
	// Read by crypto/x509 before the first connection; the system's folder of authorities stays.
	if params.CAFile != "" {
		os.Setenv("SSL_CERT_FILE", params.CAFile)
	}
	if params.LogLevel == "debug" {
		os.Setenv("FILES_SDK_DEBUG", "1")
	}
	a.baseURL, a.log = params.BaseURL, newLogger(params.LogLevel)
	if _, err := a.reset(struct{}{}); err != nil {
		return nil, fault(-32002, "%v", err)
	}
	var found []object
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		found = append(found, object{"resource": name, "operation": "New", "forms": []string{"construct"}})
		methods := operations(resources[name].client(Config{}))
		for _, operation := range slices.Sorted(maps.Keys(methods)) {
			signature := strings.TrimPrefix(methods[operation].Type().String(), "func")
			found = append(found, object{
				"resource": name, "operation": operation, "forms": []string{"static"}, "signature": operation + signature,
			})
		}
	}
	return object{
		"adapter":    object{"name": "go", "version": "1"},
		"sdk":        object{"name": sdkModule, "version": sdkVersion},
		"runtime":    object{"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go")},
		"operations": found,
		// The SDK's own package lib has two beside the documented one; v1 has no lib.
		"error_families": []string{responseError.String(), "lib.ResponseError", "lib.ErrorWithOriginalResponse"},
		"capabilities":   []string{"ca_file", "log_level"},
	}, nil
}

// reset makes a new Config: Go's SDK has no other global state.
func (a *adapter) reset(struct{}) (object, error) {
	a.kept = map[string]reflect.Value{}
	var err error
	a.settings, err = newSettings(a.baseURL, a.log)
	return object{}, err
}

type configureParams struct {
	Credentials map[string]string  `json:"credentials"`
	Network     map[string]float64 `json:"network"`
}

func (a *adapter) configure(params configureParams) (object, error) {
	applied, refused := []string{}, []string{}
	note := func(name string, done bool) {
		if done {
			applied = append(applied, name)
		} else {
			refused = append(refused, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(params.Credentials)) {
		note(name, a.settings.credential(name, params.Credentials[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(params.Network)) {
		note(name, a.settings.network(name, params.Network[name]))
	}
	return object{"applied": applied, "unsupported": refused}, nil
}

type callParams struct {
	Resource   string            `json:"resource"`
	Operation  string            `json:"operation"`
	Form       string            `json:"form"`
	Parameters map[string]Value  `json:"parameters"`
	Options    map[string]string `json:"options"`
	On         string            `json:"on"`
	Keep       string            `json:"keep"`
	Read       []string          `json:"read"`
}

func (a *adapter) call(params callParams) (object, error) {
	if params.Resource == "" {
		return nil, fault(-32602, "call needs resource")
	}
	if _, ok := a.kept[params.On]; !ok && (params.Form == "instance" || params.Form == "read") {
		return nil, fault(-32602, "nothing is kept under %q", params.On)
	}
	value, err := a.attempt(params)
	var misused faultError
	var reason unsupportedError
	switch {
	case errors.As(err, &misused):
		return nil, misused
	case errors.As(err, &reason):
		return object{"outcome": "unsupported", "reason": string(reason)}, nil
	case err != nil:
		return raised(err), nil
	}
	if params.Keep != "" {
		a.kept[params.Keep] = value
	}
	attributes := map[string]Value{}
	for _, name := range params.Read {
		attributes[name] = attribute(value, name)
	}
	return object{"outcome": "returned", "value": encode(value), "attributes": attributes}, nil
}

func (a *adapter) attempt(params callParams) (value reflect.Value, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if err, _ = thrown.(error); err == nil {
				err = panicError(fmt.Sprint(thrown))
			}
		}
	}()
	if params.Form == "read" {
		return a.kept[params.On], nil
	}
	resource, ok := resources[params.Resource]
	if !ok {
		return value, unsupported("there is no %s here", params.Resource)
	}
	switch params.Form {
	case "construct":
		if len(params.Options) > 0 {
			return value, unsupported("a %s is no more than its fields", resource.object)
		}
		return construct(resource.object, params.Parameters)
	case "instance":
		return value, unsupported("a %s sends nothing: Go's operations belong to clients", resource.object)
	case "", "static":
		config, err := a.settings.with(params.Options)
		if err != nil {
			return value, err
		}
		method, ok := operations(resource.client(config))[params.Operation]
		if !ok {
			return value, unsupported("%s has no %s", params.Resource, params.Operation)
		}
		return send(method, params.Parameters)
	}
	return value, fault(-32602, "there is no form %q", params.Form)
}

// ── what was seen ────────────────────────────────────────────────────────────────────────────

// panicError is what the SDK panicked with, where that is not an error.
type panicError string

func (p panicError) Error() string { return string(p) }

// raised shows an error with those that it wraps, which is what errors.As looks through.
func raised(err error) object {
	seen := object{"outcome": "raised", "message": err.Error()}
	names := []string{}
	for _, each := range wrapped(err) {
		kind := reflect.Indirect(reflect.ValueOf(each))
		names = append(names, kind.Type().String())
		if kind.Kind() != reflect.Struct || !strings.HasPrefix(kind.Type().PkgPath(), sdkModule) {
			continue
		}
		for _, field := range []string{"HttpCode", "StatusCode"} {
			if status := kind.FieldByName(field); status.IsValid() && status.CanInt() {
				seen["http_status"] = status.Int()
			}
		}
		if name := kind.FieldByName("Type"); name.IsValid() && name.String() != "" {
			seen["api_type"] = name.String()
		}
	}
	seen["error"], seen["ancestors"] = names[0], names[1:]
	return seen
}

func wrapped(err error) []error {
	chain := []error{err}
	switch outer := err.(type) {
	case interface{ Unwrap() error }:
		if inner := outer.Unwrap(); inner != nil {
			chain = append(chain, wrapped(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range outer.Unwrap() {
			chain = append(chain, wrapped(inner)...)
		}
	}
	return chain
}

// ── the messages ─────────────────────────────────────────────────────────────────────────────

type request struct {
	ID     *int            `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

func (a *adapter) answer(asked request) (object, error) {
	switch asked.Method {
	case "start":
		return with(asked.Params, a.start)
	case "stop":
		a.stopped = true
		return object{}, nil
	case "reset", "configure", "call":
		if a.baseURL == "" {
			return nil, fault(-32001, "start comes first")
		}
	}
	switch asked.Method {
	case "reset":
		return with(asked.Params, a.reset)
	case "configure":
		return with(asked.Params, a.configure)
	case "call":
		return with(asked.Params, a.call)
	}
	return nil, fault(-32601, "there is no method %q", asked.Method)
}

func with[P any](params json.RawMessage, method func(P) (object, error)) (object, error) {
	var decoded P
	if len(params) > 0 {
		if err := json.Unmarshal(params, &decoded); err != nil {
			return nil, fault(-32602, "%v", err)
		}
	}
	return method(decoded)
}

func (a *adapter) reply(line []byte) object {
	if !json.Valid(line) {
		return object{"jsonrpc": "2.0", "id": nil, "error": fault(-32700, "the line is not JSON")}
	}
	var asked request
	var result object
	err := json.Unmarshal(line, &asked)
	if err != nil || asked.Method == "" {
		err = fault(-32600, "the line is JSON, but not a request")
	} else {
		result, err = a.answer(asked)
	}
	if err == nil {
		return object{"jsonrpc": "2.0", "id": asked.ID, "result": result}
	}
	known := faultError{-32603, err.Error()}
	errors.As(err, &known)
	return object{"jsonrpc": "2.0", "id": asked.ID, "error": known}
}

func main() {
	// Replies have standard output for themselves; whatever else is printed goes to standard error.
	replies := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr
	requests := bufio.NewReader(os.Stdin)
	for a := new(adapter); !a.stopped; {
		line, err := requests.ReadBytes('\n')
		if err != nil {
			return
		}
		if err := replies.Encode(a.reply(line)); err != nil {
			panic(err)
		}
	}
}
