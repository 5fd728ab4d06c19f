package zstack

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// operator separates the field and the value of a condition.
type operator string

// The operators of conditions.
const (
	notEqual operator = "!="
	atLeast  operator = ">="
	atMost   operator = "<="
	notIn    operator = "!?="
	notLike  operator = "!~="
	like     operator = "~="
	in       operator = "?="
	equal    operator = "="
	greater  operator = ">"
	less     operator = "<"
	isNull   operator = "is null"
	notNull  operator = "not null"
)

// Wildcards in a pattern of LIKE.
const (
	anyCharacter = '_'
	anyText      = '%'
)

// operators are in the order in which the platform looks for them: the first that occurs ANYWHERE in a condition is its
// operator. A value that contains an earlier one therefore breaks its condition: name=a!=b asks for a field "name=a".
var operators = []operator{
	notEqual, atLeast, atMost, notIn, notLike, like, in, equal, greater, less, isNull, notNull,
}

// condition is one q parameter.
type condition struct {
	field    string // "name", or "vmNics.ip" for a nested field
	operator operator
	value    string
	list     []string // the values of the operators in and notIn, instead of value
}

func parseCondition(text string) (condition, *refusal) {
	found := slices.IndexFunc(operators, func(candidate operator) bool { return strings.Contains(text, string(candidate)) })
	if found < 0 {
		return condition{}, refuse(http.StatusBadRequest, "Invalid query parameter. The '%s' in the parameter[q] doesn't contain"+
			" any query operator. Valid query operators are %v", text, operators)
	}
	parsed := condition{operator: operators[found]}
	separator := string(parsed.operator)
	field, value, both := strings.Cut(trimSeparators(text, separator), separator)
	parsed.field = strings.TrimSpace(field)
	switch {
	case parsed.operator == isNull || parsed.operator == notNull:
	case !both:
		return condition{}, refuse(http.StatusBadRequest, "Invalid query parameter. The '%s' in parameter[q] is not a key-value"+
			" pair split by %s", text, separator)
	case parsed.operator == in || parsed.operator == notIn:
		parsed.list = strings.Split(trimSeparators(value, separator), ",")
	default:
		parsed.value = trimSeparators(value, separator)
	}

	return parsed, nil
}

// trimSeparators removes leading separators: where the platform splits, repeated separators act as one, and leading ones are
// ignored.
func trimSeparators(text, separator string) string {
	for strings.HasPrefix(text, separator) {
		text = strings.TrimPrefix(text, separator)
	}

	return text
}

// met reports whether a record meets the condition. As in a database, an absent value meets only "is null". Of a field with several
// values, one that meets the condition is enough.
func (c condition) met(record map[string]any) (bool, *errorCode) {
	values := valuesOf(record, c.field)
	switch c.operator {
	case isNull:
		return len(values) == 0, nil
	case notNull:
		return len(values) > 0, nil
	default:
	}
	for _, value := range values {
		met, failure := c.holds(value)
		if met || failure != nil {
			return met, failure
		}
	}

	return false, nil
}

func (c condition) holds(value any) (bool, *errorCode) {
	switch c.operator {
	case like, notLike:
		return likePattern(c.value).MatchString(textOf(value)) == (c.operator == like), nil
	case in, notIn:
		for _, candidate := range c.list {
			order, failure := compareText(c.field, value, candidate)
			if failure != nil {
				return false, failure
			}
			if order == 0 {
				return c.operator == in, nil
			}
		}

		return c.operator == notIn, nil
	default:
	}
	order, failure := compareText(c.field, value, c.value)
	if failure != nil {
		return false, failure
	}
	switch c.operator {
	case notEqual:
		return order != 0, nil
	case atLeast:
		return order >= 0, nil
	case atMost:
		return order <= 0, nil
	case greater:
		return order > 0, nil
	case less:
		return order < 0, nil
	default:
		return order == 0, nil
	}
}

// likePattern converts a pattern of LIKE to a regular expression: % is any text, _ any character, and a backslash escapes
// them. The database ignores case.
func likePattern(pattern string) *regexp.Regexp {
	var expression strings.Builder
	expression.WriteString("(?is)^")
	escaped := false
	for _, character := range pattern {
		switch {
		case escaped:
			expression.WriteString(regexp.QuoteMeta(string(character)))
			escaped = false
		case character == '\\':
			escaped = true
		case character == anyText:
			expression.WriteString(".*")
		case character == anyCharacter:
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(string(character)))
		}
	}
	if escaped {
		expression.WriteString(`\\`)
	}
	expression.WriteString("$")

	return regexp.MustCompile(expression.String())
}

// compareFields orders two records by the first of their values; one without a value comes first.
func compareFields(a, b []any) int {
	if len(a) == 0 || len(b) == 0 {
		return cmp.Compare(len(a), len(b))
	}

	return compareValues(a[0], b[0])
}
