package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestCollectorStore(t *testing.T) {
	t.Parallel()
	collectors := &collectorStore{}
	standard := types.ManagedObjectReference{Type: "PropertyCollector", Value: "propertyCollector"}
	first, ok := collectors.find("one", standard)
	if again, _ := collectors.find("one", standard); !ok || again != first {
		t.Error("a session has two standard collectors")
	}
	if other, _ := collectors.find("two", standard); other == first {
		t.Error("two sessions share a collector")
	}
	created := collectors.create("one")
	if _, ok := collectors.find("two", created.ref); ok {
		t.Error("a session sees the collector of another")
	}
	watched := &filter{ref: types.ManagedObjectReference{Type: "PropertyFilter", Value: "filter-1"}}
	created.filters = append(created.filters, watched)
	if found, ok := collectors.findFilter("one", watched.ref); !ok || found != created {
		t.Error("the filter was not found")
	}
	if _, ok := collectors.findFilter("two", watched.ref); ok {
		t.Error("a session sees the filter of another")
	}
	if made, filters := collectors.totals(); made != 1 || filters != 1 {
		t.Errorf("%d collectors with %d filters", made, filters)
	}
	canceled := created.canceled
	created.cancel()
	<-canceled
	collectors.remove("one", created.ref)
	collectors.endSession("one")
	if made, filters := collectors.totals(); made != 0 || filters != 0 {
		t.Errorf("%d collectors with %d filters at the end", made, filters)
	}
	if again, _ := collectors.find("one", standard); again == first {
		t.Error("a new session has the collector of the one before")
	}
}
