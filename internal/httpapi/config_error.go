package httpapi

import "fmt"

// ConfigError says which part of a client's configuration is wrong. Field is spelled like the provider's attribute:
// "endpoint", "ca_certificate".
type ConfigError struct {
	Field  string
	Reason string
}

// Error describes the mistake in one line.
func (e *ConfigError) Error() string { return e.Field + ": " + e.Reason }

// Invalid is the mistake in a field.
func Invalid(field, format string, args ...any) error {
	return &ConfigError{Field: field, Reason: fmt.Sprintf(format, args...)}
}
