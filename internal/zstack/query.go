package zstack

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

const (
	// pageSize is how many records one answer of a query holds at most; ZStack's own default is the same.
	pageSize = 1000
	// longestQuery bounds the conditions of one request in bytes: servers and proxies refuse request lines above 8 KiB.
	longestQuery = 4096
)

// condition is one condition of a query: a field, an operator, a value.
type condition string

// oneOf are the conditions that a field is one of several values, which must be [listable]: as few as make request lines of
// reasonable length.
func oneOf(field string, values []string) []condition {
	var (
		all  []condition
		size int
	)
	for _, value := range values {
		length := len(url.QueryEscape(value)) + len("%2C")
		if len(all) == 0 || size+length > longestQuery {
			all, size = append(all, condition(field+"?="+value)), length

			continue
		}
		all[len(all)-1] += condition("," + value)
		size += length
	}

	return all
}

// listable reports whether a value can stand in the comma list of the operator ?= and mean itself. ZStack finds the operator
// by looking for each in the whole condition, so that a value with an equals sign may hold what reads like another one.
func listable(value string) bool {
	return value != "" && !strings.ContainsAny(value, ",=") && strings.TrimSpace(value) == value
}

// operators are those that ZStack looks for before a plain equals sign, and that a value may hold.
var operators = []string{"!=", ">=", "<=", "~=", "?="}

// nameIs is the condition that a record has a name, or one that more records meet where that can't be said: the caller
// compares what was found. What holds an operator, begins with an equals sign, which would run together with the operator's own, or
// has spaces at its ends is looked for by a pattern with "_" (any one character) in the place of what would be misread.
func nameIs(value string) condition {
	awkward := strings.TrimSpace(value) != value || strings.HasPrefix(value, "=")
	for _, operator := range operators {
		awkward = awkward || strings.Contains(value, operator)
	}
	if !awkward {
		return condition("name=" + value)
	}
	inner := strings.TrimSpace(value)
	start := strings.Index(value, inner)
	blank := func(text string) string { return strings.Repeat("_", len([]rune(text))) }
	pattern := blank(value[:start]) + strings.NewReplacer("=", "_", `\`, "_").Replace(inner) + blank(value[start+len(inner):])

	return condition("name~=" + pattern)
}

// encode writes parameters as a query string, with %20 for a space: "+" is one in forms only.
func encode(parameters ...[2]string) string {
	encoded := make([]string, 0, len(parameters))
	for _, parameter := range parameters {
		encoded = append(encoded, parameter[0]+"="+strings.ReplaceAll(url.QueryEscape(parameter[1]), "+", "%20"))
	}

	return strings.Join(encoded, "&")
}

// query reads all records that meet one of the conditions, each in requests of its own, page by page.
func query[T any](ctx context.Context, c *Client, op, path string, conditions []condition) ([]T, error) {
	var all []T
	for _, wanted := range conditions {
		found, err := queryPages[T](ctx, c, op, path, [2]string{"q", string(wanted)})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}

	return all, nil
}

// queryFields reads fields of all records, page by page.
func queryFields[T any](ctx context.Context, c *Client, op, path string, fields ...string) ([]T, error) {
	return queryPages[T](ctx, c, op, path, [2]string{"fields", strings.Join(fields, ",")})
}

// queryPages reads all records that a parameter of a query selects, page by page.
func queryPages[T any](ctx context.Context, c *Client, op, path string, parameter [2]string) ([]T, error) {
	var all []T
	var page struct {
		Inventories []T `json:"inventories"`
	}
	for start := 0; start == 0 || len(page.Inventories) == pageSize; start += pageSize {
		page.Inventories = nil
		r := conn.Request{Call: httpapi.Call{Op: op}, Method: http.MethodGet, Path: path, Query: encode(
			parameter, [2]string{"limit", strconv.Itoa(pageSize)}, [2]string{"start", strconv.Itoa(start)}, [2]string{"sort", "+uuid"},
		)}
		if err := c.conn.Read(ctx, r, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Inventories...)
	}

	return all, nil
}

// queryUUIDs reads the records whose field is one of the uuids, in as few requests as reasonable.
func queryUUIDs[T any](ctx context.Context, c *Client, op, path, field string, uuids []string) ([]T, error) {
	return query[T](ctx, c, op, path, oneOf(field, distinct(uuids)))
}

// record is what a query finds and has a uuid and a name.
type record interface{ names() (uuid, name string) }

// queryNames reads the records that have exactly one of the names, each once: names that can be listed in shared requests, each
// other in its own. The platform compares without regard to case and to spaces at the end, so what it found is compared here.
func queryNames[T record](ctx context.Context, c *Client, op, path string, names []string) (map[string][]T, error) {
	var conditions []condition
	var listed []string
	for _, name := range distinct(names) {
		if listable(name) {
			listed = append(listed, name)
		} else {
			conditions = append(conditions, nameIs(name))
		}
	}
	found, err := query[T](ctx, c, op, path, append(conditions, oneOf("name", listed)...))
	named, seen := make(map[string][]T, len(names)), make(map[string]bool)
	for _, one := range found {
		if uuid, name := one.names(); !seen[uuid] && slices.Contains(names, name) {
			seen[uuid] = true
			named[name] = append(named[name], one)
		}
	}

	return named, err
}

// distinct returns the keys sorted and each once, so that a request does not depend on the order in which they came.
func distinct(keys []string) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)

	return slices.Compact(keys)
}
