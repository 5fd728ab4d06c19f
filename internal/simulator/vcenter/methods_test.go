package vcenter

import (
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// TestMethodTable keeps the table in order: methods that exist, one way to answer each, responses that fit.
func TestMethodTable(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	entries := 0
	for _, table := range methodTables(stores) {
		entries += len(table)
	}
	if entries != len(stores.vim.methods) {
		t.Errorf("%d methods in all tables, %d in the merged one: two stores answer one method", entries, len(stores.vim.methods))
	}
	for key, entry := range stores.vim.methods {
		_, name, ok := strings.Cut(key, ".")
		if !ok {
			t.Fatalf("%s is not Type.Method", key)
		}
		if _, known := types.TypeFunc()(name); !known {
			t.Errorf("%s: vim25 has no method %s", key, name)
		}
		ways := 0
		for _, set := range []bool{entry.direct != nil, entry.unlocked != nil, entry.task != nil} {
			if set {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s has %d ways to answer", key, ways)
		}
		if (entry.task != nil) != strings.HasSuffix(name, taskSuffix) {
			t.Errorf("%s: what starts a task is named so", key)
		}
	}
}
