package zstack

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// knownFields returns the names of the fields that queries may use.
func knownFields(resource string, records []map[string]any) map[string]bool {
	known := map[string]bool{"uuid": true, "name": true, "createDate": true, "lastOpDate": true}
	for _, field := range optionalFields[resource] {
		known[field] = true
	}
	for _, record := range records {
		for field := range record {
			known[field] = true
		}
	}

	return known
}

// valuesOf returns the values of a record at a path: none, one, or several where the path contains lists.
func valuesOf(value any, path string) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case map[string]any:
		if path == "" {
			return []any{value}
		}
		field, rest, _ := strings.Cut(path, ".")

		return valuesOf(value[field], rest)
	case []map[string]any:
		var all []any
		for _, element := range value {
			all = append(all, valuesOf(element, path)...)
		}

		return all
	case []any:
		var all []any
		for _, element := range value {
			all = append(all, valuesOf(element, path)...)
		}

		return all
	case []string:
		var all []any
		for _, element := range value {
			all = append(all, valuesOf(element, path)...)
		}

		return all
	default:
		if path != "" {
			return nil
		}

		return []any{value}
	}
}

// compareText compares a record's value with the text of a condition, as the database does: numbers and dates
// as such, texts without regard to case and to trailing spaces.
func compareText(field string, value any, text string) (int, *errorCode) {
	if number, ok := numberOf(value); ok {
		given, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return 0, newError(codeInternal, "the field[%s] is a number, and %q is none", field, text)
		}

		return cmp.Compare(number, given), nil
	}
	if strings.HasSuffix(field, "Date") {
		stored, ok := parseDate(textOf(value))
		given, valid := parseDate(text)
		if !ok || !valid {
			return 0, newError(codeInternal, "the field[%s] is a date, and %q is none", field, text)
		}

		return stored.Compare(given), nil
	}

	return strings.Compare(folded(textOf(value)), folded(text)), nil
}

// compareValues compares two values of one field.
func compareValues(a, b any) int {
	x, isNumber := numberOf(a)
	y, both := numberOf(b)
	if isNumber && both {
		return cmp.Compare(x, y)
	}
	before, isDate := parseDate(textOf(a))
	after, bothDates := parseDate(textOf(b))
	if isDate && bothDates {
		return before.Compare(after)
	}

	return strings.Compare(folded(textOf(a)), folded(textOf(b)))
}

func folded(text string) string { return strings.ToLower(strings.TrimRight(text, " ")) }

func textOf(value any) string {
	if text, ok := value.(string); ok {
		return text
	}

	return fmt.Sprint(value)
}

func numberOf(value any) (float64, bool) {
	switch value := value.(type) {
	case int:
		return float64(value), true
	case int64:
		return float64(value), true
	case float64:
		return value, true
	default:
		return 0, false
	}
}

// dateLayouts are the formats of the API and of the database.
var dateLayouts = []string{"Jan 2, 2006 3:04:05 PM", time.DateTime, time.DateOnly}

func parseDate(text string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed, true
		}
	}

	return time.Time{}, false
}
