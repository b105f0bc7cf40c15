package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
)

// levels are those that the suite asks for; each shows what those before it show too.
var levels = []string{"none", "error", "info", "debug"}

// logger writes to standard error what is of its level. The SDK knows loggers with these methods
// and such with Printf alone.
type logger struct{ level int }

func newLogger(level string) logger { return logger{slices.Index(levels, level)} }

func (l logger) Error(format string, parts ...any) { l.write(1, format, parts) }
func (l logger) Warn(format string, parts ...any)  { l.write(2, format, parts) }
func (l logger) Info(format string, parts ...any)  { l.write(2, format, parts) }
func (l logger) Debug(format string, parts ...any) { l.write(3, format, parts) }
func (l logger) Trace(format string, parts ...any) { l.write(3, format, parts) }

// Printf takes what has no level, as info.
func (l logger) Printf(format string, parts ...any) { l.Info(format, parts...) }

func (l logger) write(level int, format string, parts []any) {
	if level <= l.level {
		fmt.Fprintf(os.Stderr, format+"\n", parts...)
	}
}

// hand puts the logger into a field, if this release has one for it.
func (l logger) hand(field reflect.Value) {
	if l.level > 0 && field.IsValid() && reflect.TypeOf(l).AssignableTo(field.Type()) {
		field.Set(reflect.ValueOf(l))
	}
}
