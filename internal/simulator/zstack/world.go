package zstack

import (
	"sync"
	"time"
)

// world is everything that the platform manages. Whoever reads or changes it holds its lock, shortly: nobody waits for
// time to pass meanwhile.
type world struct {
	mu    sync.Mutex
	now   func() time.Time
	zones []*zone
}

// zone is the place that everything else stands in.
type zone struct {
	uuid, name, state string
	created           time.Time
}

// newWorld returns the inventory that a server starts with.
func newWorld(options Options) *world {
	return &world{
		now:   options.Clock,
		zones: []*zone{{uuid: newUUID(), name: "zone-1", state: "Enabled", created: options.Clock()}},
	}
}

// records returns all resources of a kind as the API shows them: "Zone", "VmInstance". The lock must be held. Integers are
// int or int64, so that queries compare them as numbers; what is absent is left out.
func (w *world) records(resource string) []map[string]any {
	var all []map[string]any
	if resource == "Zone" {
		for _, zone := range w.zones {
			all = append(all, map[string]any{
				"uuid": zone.uuid, "name": zone.name, "state": zone.state, "type": "zstack",
				"createDate": date(zone.created), "lastOpDate": date(zone.created),
			})
		}
	}

	return all
}

// date writes a time as the platform does: in its own zone, and without telling which.
func date(t time.Time) string { return t.Format("Jan 2, 2006 3:04:05 PM") }
