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

const (
	protocol = 2
	version  = "2.0.0"
)

// faultError says that the adapter cannot do what it was asked; the SDK has no part in it.
type faultError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (f faultError) Error() string { return f.Message }

func fault(code int, format string, parts ...any) error {
	return faultError{code, fmt.Sprintf(format, parts...)}
}

// unsupportedError is the reason why this release cannot do what it was asked.
type unsupportedError string

func (u unsupportedError) Error() string { return string(u) }

func unsupported(format string, parts ...any) error {
	return unsupportedError(fmt.Sprintf(format, parts...))
}

type adapter struct {
	baseURL  string
	logLevel string
	rig      map[string]float64
	config   *Config
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
	a.baseURL, a.logLevel = params.BaseURL, params.LogLevel
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
	// The compiler notes in the program which files it was made of.
	compiled := reflect.ValueOf(responseError.Error).Pointer()
	loaded, _ := runtime.FuncForPC(compiled).FileLine(compiled)
	return object{
		"adapter":    object{"name": "go", "version": version},
		"sdk":        object{"name": sdkModule, "version": sdkVersion},
		"runtime":    object{"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go")},
		"loaded":     loaded,
		"operations": found,
		// The SDK's own package lib has two beside the documented one; v1 has no lib.
		"error_families": []string{
			reflect.TypeFor[responseError]().String(), "lib.ResponseError", "lib.ErrorWithOriginalResponse",
		},
		"capabilities": []string{"ca_file", "log_level"},
	}, nil
}

// reset makes a new Config, and closes the connections that all Configs share.
func (a *adapter) reset(struct{}) (object, error) {
	if a.config != nil {
		retrying(a.config).HTTPClient.CloseIdleConnections()
	}
	a.rig, a.kept = map[string]float64{}, map[string]reflect.Value{}
	var err error
	a.config, err = a.newConfig()
	return object{}, err
}

type configureParams struct {
	Rig      map[string]float64 `json:"rig"`
	Settings map[string]Value   `json:"settings"`
}

func (a *adapter) configure(params configureParams) (object, error) {
	if err := a.handles(params.Settings); err != nil {
		return nil, err
	}
	applied, refused := []string{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(params.Rig)) {
		if change(retrying(a.config), name, params.Rig[name]) {
			a.rig[name] = params.Rig[name]
			applied = append(applied, name)
		} else {
			refused = append(refused, name)
		}
	}
	// They are fields of one struct: their order makes no difference.
	for _, name := range slices.Sorted(maps.Keys(params.Settings)) {
		var reason unsupportedError
		if err := a.set(a.config, name, params.Settings[name]); err == nil {
			applied = append(applied, name)
		} else if errors.As(err, &reason) {
			refused = append(refused, name)
		} else {
			return nil, err
		}
	}
	return object{"outcome": "configured", "applied": applied, "unsupported": refused}, nil
}

type callParams struct {
	Resource   string           `json:"resource"`
	Operation  string           `json:"operation"`
	Form       string           `json:"form"`
	Positional []Value          `json:"positional"`
	Named      map[string]Value `json:"named"`
	Options    map[string]Value `json:"options"`
	On         string           `json:"on"`
	Keep       string           `json:"keep"`
	Read       []string         `json:"read"`
}

func (a *adapter) call(params callParams) (object, error) {
	if params.Resource == "" {
		return nil, fault(-32602, "call needs resource")
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
	attributes := object{}
	for _, name := range params.Read {
		attributes[name] = object{"kind": "absent"}
		if read, ok := attribute(value, name); ok {
			attributes[name] = encode(read, 0)
		}
	}
	return object{"outcome": "returned", "value": encode(value, 0), "attributes": attributes}, nil
}

type echoParams struct {
	Value Value `json:"value"`
}

func (a *adapter) echo(params echoParams) (object, error) {
	value, err := params.Value.as(anyType)
	if err != nil {
		return nil, fault(-32602, "%v", err)
	}
	return object{"value": encode(value, 0)}, nil
}

// ── what was seen ────────────────────────────────────────────────────────────────────────────

// panicError is what the SDK panicked with, where that is not an error.
type panicError string

func (p panicError) Error() string { return string(p) }

// raised shows an error with those that it wraps, which is what errors.As looks through.
func raised(err error) object {
	seen := object{"outcome": "raised", "message": err.Error(), "printed": err.Error()}
	seen["members"] = members(err)
	// The README reads the message of a ResponseError from its field.
	if response := (responseError{}); errors.As(err, &response) {
		seen["message"], seen["members"] = response.ErrorMessage, members(response)
	}
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

// members are the exported fields of an error, but for its message.
func members(err error) object {
	found := object{}
	value := reflect.Indirect(reflect.ValueOf(err))
	if value.Kind() != reflect.Struct {
		return found
	}
	for _, field := range reflect.VisibleFields(value.Type()) {
		if len(field.Index) == 1 && field.IsExported() && field.Name != "ErrorMessage" {
			found[field.Name] = encode(value.FieldByIndex(field.Index), 0)
		}
	}
	return found
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
	case "echo":
		return with(asked.Params, a.echo)
	case "stop":
		a.stopped = true
		return object{}, nil
	case "reset", "configure", "call":
		if a.config == nil {
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

// with calls a method with its parameters. What the SDK panics with never gets here.
func with[P any](params json.RawMessage, method func(P) (object, error)) (result object, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fault(-32603, "the adapter panicked: %v", thrown)
		}
	}()
	var decoded P
	if len(params) > 0 {
		if err := json.Unmarshal(params, &decoded); err != nil {
			return nil, fault(-32602, "%v", err)
		}
	}
	return method(decoded)
}

func (a *adapter) reply(line []byte) object {
	var asked request
	var result object
	err := json.Unmarshal(line, &asked)
	var broken *json.SyntaxError
	switch {
	case errors.As(err, &broken):
		asked.ID, err = nil, fault(-32700, "%v", err)
	case err != nil || asked.ID == nil || asked.Method == "":
		asked.ID, err = nil, fault(-32600, "the line is JSON, but not a request")
	default:
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
