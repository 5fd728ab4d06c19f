package zstack

import (
	"fmt"
	"slices"
	"strings"
)

// recordGroup are the records that agree in the fields of a group.
type recordGroup struct {
	key     string
	records []record
}

// groupRecords returns groups of records, each as old as its oldest record. As a database does, it counts an absent value as one of its own.
func groupRecords(records []record, fields []string) []recordGroup {
	var groups []recordGroup
	for _, one := range records {
		var values strings.Builder
		for _, field := range fields {
			fmt.Fprintf(&values, "%q", valuesOf(one, field))
		}
		key := values.String()
		at := slices.IndexFunc(groups, func(group recordGroup) bool { return group.key == key })
		if at < 0 {
			at = len(groups)
			groups = append(groups, recordGroup{key: key})
		}
		groups[at].records = append(groups[at].records, one)
	}

	return groups
}

// firstOfGroups returns the oldest record of each group.
func firstOfGroups(records []record, fields []string) []record {
	groups := groupRecords(records, fields)
	oldest := make([]record, len(groups))
	for i, group := range groups {
		oldest[i] = group.records[0]
	}

	return oldest
}
