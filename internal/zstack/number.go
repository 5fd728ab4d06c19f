package zstack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// longestNumber bounds what is taken for a number: 64-bit integers have 20 characters, with an exponent some more.
const longestNumber = 64

// number is an integer as ZStack writes it: 1, 1.0, 8.589934592E9, all of these in quotes, or null, which is 0. The value is
// exact, and what is no integer of 64 bits is an error.
type number int64

// UnmarshalJSON implements [json.Unmarshaler].
func (n *number) UnmarshalJSON(text []byte) error {
	literal := strings.TrimSpace(strings.Trim(string(text), `"`))
	if literal == "" || literal == "null" {
		*n = 0

		return nil
	}
	if len(literal) > longestNumber {
		return fmt.Errorf("a number of %d characters", len(literal))
	}
	// 128 bits of mantissa hold every 64-bit integer exactly, whatever its exponent was written like.
	parsed, _, err := big.ParseFloat(literal, 10, 128, big.ToNearestEven)
	if err != nil {
		return fmt.Errorf("a number: %w", err)
	}
	value, accuracy := parsed.Int64()
	if accuracy != big.Exact {
		return fmt.Errorf("%s is no integer of 64 bits", literal)
	}
	*n = number(value)

	return nil
}

// flag is a boolean, also in quotes; null is false.
type flag bool

// UnmarshalJSON implements [json.Unmarshaler].
func (f *flag) UnmarshalJSON(text []byte) error {
	switch strings.ToLower(strings.Trim(string(text), `"`)) {
	case "true":
		*f = true
	case "false", "null", "":
		*f = false
	default:
		return fmt.Errorf("%q is no boolean", text)
	}

	return nil
}

// date is a time as ZStack writes it, mostly "Nov 14, 2017 10:20:57 PM": local to the server and without a zone, so it is
// kept as text. Some versions write milliseconds since 1970, which are kept as their digits.
type date string

// UnmarshalJSON implements [json.Unmarshaler].
func (d *date) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return json.Unmarshal(text, (*string)(d)) //nolint:wrapcheck // json names the field
	}
	var milliseconds number
	if err := milliseconds.UnmarshalJSON(text); err != nil {
		return fmt.Errorf("a date: %w", err)
	}
	*d = ""
	if milliseconds != 0 {
		*d = date(fmt.Sprint(int64(milliseconds)))
	}

	return nil
}
