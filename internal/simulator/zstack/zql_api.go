package zstack

// zql is ZQLQuery: several queries in ZStack's query language at once. It answers a list of results, each with the name that its statement
// gives it.
func (a queryAPI) zql(c *call) (effect, *errorCode) {
	text := c.query.Get("zql")
	if text == "" {
		return nil, newError(codeInvalidArgument, "field[zql] of message[ZQLQuery] is mandatory, can not be null")
	}
	statements, failure := parseZQL(text)
	if failure != nil {
		return nil, failure
	}
	results := make([]record, len(statements))
	for i := range statements {
		if results[i], failure = a.result(c.session, &statements[i]); failure != nil {
			return nil, failure
		}
	}

	return func() (any, *errorCode) { return map[string]any{"results": results}, nil }, nil
}

// result answers one statement.
func (a queryAPI) result(as *session, statement *zqlStatement) (record, *errorCode) {
	kind, known := kindNamed(statement.entity)
	if !known {
		return nil, newError(codeInternal, "zql: there is no inventory %q", statement.entity)
	}
	matching, failure := a.find(as, kind, &statement.recordQuery)
	if failure != nil {
		return nil, failure
	}
	answer := statement.answer(matching)
	if statement.count && len(statement.groupBy) > 0 {
		answer["inventoryCounts"] = countGroups(matching, statement.groupBy)
	}
	if statement.name != "" {
		answer["name"] = statement.name
	}

	return answer, nil
}

// countGroups returns a pair for each group: its fields, and how many records it has.
func countGroups(records []record, fields []string) [][]any {
	var counts [][]any
	for _, group := range groupRecords(records, fields) {
		counts = append(counts, []any{pick(group.records[0], fields), len(group.records)})
	}

	return counts
}
