package zstack

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// defaultLimit is how many records a query without a limit returns.
const defaultLimit = 1000

// recordQuery is a query. A record must meet all of its conditions.
type recordQuery struct {
	conditions     conjunction
	start, limit   int
	sortBy         string
	descending     bool
	count          bool // the answer is the number only
	replyWithCount bool
	fields         []string // empty: all
	groupBy        []string // of the records that agree in these fields, the oldest alone is found
}

// parseQuery reads the parameters of a query. Of a repeated parameter only the first is used, except for q. Unknown ones are
// ignored.
func parseQuery(parameters url.Values) (recordQuery, *refusal) {
	query := recordQuery{limit: defaultLimit}
	for _, number := range []struct {
		name string
		into *int
	}{{"limit", &query.limit}, {"start", &query.start}} {
		if !parameters.Has(number.name) {
			continue
		}
		value, err := strconv.ParseInt(first(parameters, number.name), 10, 32)
		if err != nil {
			return query, refuse(http.StatusBadRequest, "Invalid query parameter. '%s' must be an integer", number.name)
		}
		*number.into = int(value)
	}
	query.count = strings.EqualFold(first(parameters, "count"), "true")
	query.replyWithCount = strings.EqualFold(first(parameters, "replyWithCount"), "true")
	query.sortBy = first(parameters, "sort")
	if descending, ok := strings.CutPrefix(query.sortBy, "-"); ok {
		query.sortBy, query.descending = strings.TrimLeft(descending, "-"), true
	} else {
		query.sortBy = strings.TrimLeft(query.sortBy, "+")
	}
	query.fields = splitFields(first(parameters, "fields"))
	query.groupBy = splitFields(first(parameters, "groupBy"))
	for _, text := range parameters["q"] {
		parsed, refused := parseCondition(text)
		if refused != nil {
			return query, refused
		}
		query.conditions = append(query.conditions, parsed)
	}

	return query, nil
}

// splitFields returns the names of a list of fields.
func splitFields(list string) []string {
	var fields []string
	for field := range strings.SplitSeq(list, ",") {
		if field = strings.TrimSpace(field); field != "" {
			fields = append(fields, field)
		}
	}

	return fields
}

// first returns the first value of a parameter, without the leading space that a plus sign, as in sort=+name, means in a URL.
func first(parameters url.Values, name string) string { return strings.TrimSpace(parameters.Get(name)) }

// queryPrefix begins the names of all queries.
const queryPrefix = "Query"

// queryAPI is the API of queries. It reads the catalog.
type queryAPI struct{ catalog *catalog }

// operations returns the queries of each kind of resource: by conditions, and by uuid. Both have one name, "QueryZone". An unknown
// uuid is no error: the inventories are empty.
func (a queryAPI) operations() []operation {
	all := make([]operation, 0, 2*len(queries)+1)
	for _, one := range queries {
		name := queryPrefix + cmp.Or(one.api, one.kind)
		all = append(
			all,
			operation{name: name, method: http.MethodGet, path: one.path, sync: true, begin: func(c *call) (effect, *errorCode) {
				return a.query(c, one.kind)
			}},
			operation{name: name, method: http.MethodGet, path: one.path + "/{uuid}", sync: true, begin: func(c *call) (effect, *errorCode) {
				c.query = url.Values{"q": {"uuid=" + c.values["uuid"]}}

				return a.query(c, one.kind)
			}},
		)
	}

	return append(all, operation{name: "ZQLQuery", method: http.MethodGet, path: "/v1/zql", sync: true, begin: a.zql})
}

// query answers a query over the records of a kind of resource.
func (a queryAPI) query(c *call, resource string) (effect, *errorCode) {
	query, refused := parseQuery(c.query)
	if refused != nil {
		c.refused = refused

		return nil, nil
	}
	matching, failure := a.find(c.session, resource, &query)
	if failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) { return query.answer(matching), nil }, nil
}

// find returns the records of a kind that meet a query and that the session's account sees.
func (a queryAPI) find(as *session, resource string, query *recordQuery) ([]record, *errorCode) {
	conditions, failure := replaceAll(query.conditions, a.catalog.byTag)
	if failure != nil {
		return nil, failure
	}
	query.conditions = conditions
	records := a.catalog.visible(as, resource, a.catalog.shortlist(resource, query.conditions))
	if failure := query.check(resource, records); failure != nil {
		return nil, failure
	}

	return query.filter(records)
}

// check refuses fields that the database does not have.
func (q *recordQuery) check(resource string, records []map[string]any) *errorCode {
	if q.start < 0 || q.limit < 0 {
		return newError(codeInvalidArgument, "start[%d] and limit[%d] must not be negative", q.start, q.limit)
	}
	known := knownFields(resource, records)
	wanted := slices.Concat(q.fields, q.groupBy, q.conditions.fields())
	if q.sortBy != "" {
		wanted = append(wanted, q.sortBy)
	}
	for _, field := range wanted {
		top, _, _ := strings.Cut(field, ".")
		if !known[top] {
			return newError(codeInternal, "inventory class[%sInventory] has no field[%s]", resource, field)
		}
	}

	return nil
}

// filter returns the records that meet all conditions, sorted.
func (q *recordQuery) filter(records []map[string]any) ([]map[string]any, *errorCode) {
	matching := []map[string]any{} // an empty list and not null, also as JSON
	for _, record := range records {
		meets, failure := q.conditions.met(record)
		if failure != nil {
			return nil, failure
		}
		if meets {
			matching = append(matching, record)
		}
	}
	if len(q.groupBy) > 0 && !q.count { // a count is of all records
		matching = firstOfGroups(matching, q.groupBy)
	}
	if q.sortBy != "" {
		slices.SortStableFunc(matching, func(a, b map[string]any) int {
			order := compareFields(valuesOf(a, q.sortBy), valuesOf(b, q.sortBy))
			if q.descending {
				return -order
			}

			return order
		})
	}

	return matching, nil
}

// answer returns the requested page of the matching records.
func (q *recordQuery) answer(matching []map[string]any) map[string]any {
	if q.count {
		return map[string]any{"total": len(matching)}
	}
	from := min(q.start, len(matching))
	page := matching[from : from+min(q.limit, len(matching)-from)]
	if len(q.fields) > 0 {
		picked := make([]map[string]any, 0, len(page))
		for _, record := range page {
			picked = append(picked, pick(record, q.fields))
		}
		page = picked
	}
	answer := map[string]any{"inventories": page}
	if q.replyWithCount {
		answer["total"] = len(matching)
	}

	return answer
}

func pick(record map[string]any, fields []string) map[string]any {
	picked := map[string]any{}
	for _, field := range fields {
		if value, ok := record[field]; ok {
			picked[field] = value
		}
	}

	return picked
}
