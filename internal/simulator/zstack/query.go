package zstack

import "strings"

// queryRecords answers a query over records.
func queryRecords(c *call, records []map[string]any) (effect, *errorCode) {
	matching := []map[string]any{}
	for _, record := range records {
		if q := c.query.Get("q"); q == "" || strings.TrimPrefix(q, "uuid=") == record["uuid"] {
			matching = append(matching, record)
		}
	}

	return func() (any, *errorCode) { return map[string]any{"inventories": matching}, nil }, nil
}
