package zstack

import (
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// handle registers the control paths that show the inventory.
//
//	GET    /_control/vms                        → [VM]
//	GET    /_control/volumes                    → [Volume]
//	GET    /_control/snapshot-groups            → [SnapshotGroup]
//	GET    /_control/tags/{uuid of a resource}  → [Tag]
//	GET    /_control/id?type=zone&name=zone-1   → {"id": "…"}
func (v *inventoryView) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/vms", serving.Answers(v.VMs))
	mux.HandleFunc("GET /_control/volumes", serving.Answers(v.Volumes))
	mux.HandleFunc("GET /_control/snapshot-groups", serving.Answers(v.SnapshotGroups))
	mux.HandleFunc("GET /_control/tags/{uuid}", func(w http.ResponseWriter, r *http.Request) {
		serving.WriteJSON(w, http.StatusOK, v.Tags(r.PathValue("uuid")))
	})
	mux.HandleFunc("GET /_control/id", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		serving.WriteJSON(w, http.StatusOK, map[string]string{"id": v.ID(query.Get("type"), query.Get("name"))})
	})
}

// handle registers the control paths that change the inventory.
//
//	POST   /_control/vms/{uuid}                 ← Change
//	DELETE /_control/vms/{uuid}                 as the deletion policy says; with ?remove=true it is removed
//	POST   /_control/vms/{uuid}/share           ← {"account": "uuid, or empty for all", "share": true}
//	DELETE /_control/volumes/{uuid}
//	POST   /_control/snapshot-groups/{uuid}     ← {"name": "…", "description": "…"}
//	DELETE /_control/snapshot-groups/{uuid}
//	POST   /_control/snapshots/{uuid}           ← {"fail_deletes": true, "referred_by": "uuid of a volume"}
//	DELETE /_control/snapshots/{uuid}
//	POST   /_control/hosts/{uuid}/capacity      ← {"cpus": 8, "memory_bytes": 1073741824}
//	POST   /_control/storages/{uuid}/capacity   ← {"bytes": 1073741824}
//	POST   /_control/storages/{uuid}/type       ← {"type": "Ceph"}
//	POST   /_control/networks/{uuid}/capacity   ← {"addresses": 10}
//	POST   /_control/objects/{uuid}             ← {"name": "…", "state": "Disabled", "status": "Disconnected"}
func (e *inventoryEditor) handle(mux *http.ServeMux) {
	e.handleVMs(mux)
	e.handleSnapshots(mux)
	e.handleObjects(mux)
}

// empty is the body of a request that needs none.
type empty struct{}

func (e *inventoryEditor) handleVMs(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/vms/{uuid}", serving.Takes(func(body Change, r *http.Request) error {
		return e.ChangeVM(r.PathValue("uuid"), body)
	}))
	mux.HandleFunc("DELETE /_control/vms/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		if r.URL.Query().Get("remove") == "true" {
			return e.RemoveVM(r.PathValue("uuid"))
		}

		return e.DestroyVM(r.PathValue("uuid"))
	}))
	mux.HandleFunc("POST /_control/vms/{uuid}/share", serving.Takes(func(body struct {
		Account string `json:"account"`
		Share   bool   `json:"share"`
	}, r *http.Request,
	) error {
		return e.ShareVM(r.PathValue("uuid"), body.Account, body.Share)
	}))
	mux.HandleFunc("DELETE /_control/volumes/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		return e.RemoveVolume(r.PathValue("uuid"))
	}))
}

func (e *inventoryEditor) handleSnapshots(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/snapshot-groups/{uuid}", serving.Takes(func(body struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
	}, r *http.Request,
	) error {
		return e.ChangeSnapshotGroup(r.PathValue("uuid"), body.Name, body.Description)
	}))
	mux.HandleFunc("DELETE /_control/snapshot-groups/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		return e.DeleteSnapshotGroup(r.PathValue("uuid"))
	}))
	mux.HandleFunc("POST /_control/snapshots/{uuid}", serving.Takes(func(body struct {
		FailDeletes bool   `json:"fail_deletes"`
		ReferredBy  string `json:"referred_by"`
	}, r *http.Request,
	) error {
		if body.ReferredBy != "" {
			if err := e.ReferToSnapshot(r.PathValue("uuid"), body.ReferredBy); err != nil {
				return err
			}
		}

		return e.FailSnapshotDeletes(body.FailDeletes, r.PathValue("uuid"))
	}))
	mux.HandleFunc("DELETE /_control/snapshots/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		return e.DeleteSnapshot(r.PathValue("uuid"))
	}))
}

func (e *inventoryEditor) handleObjects(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/hosts/{uuid}/capacity", serving.Takes(func(body struct {
		CPUs        int64 `json:"cpus"`
		MemoryBytes int64 `json:"memory_bytes"`
	}, r *http.Request,
	) error {
		return e.SetHostCapacity(r.PathValue("uuid"), body.CPUs, body.MemoryBytes)
	}))
	mux.HandleFunc("POST /_control/storages/{uuid}/capacity", serving.Takes(func(body struct {
		Bytes int64 `json:"bytes"`
	}, r *http.Request,
	) error {
		return e.SetStorageCapacity(r.PathValue("uuid"), body.Bytes)
	}))
	mux.HandleFunc("POST /_control/storages/{uuid}/type", serving.Takes(func(body struct {
		Type string `json:"type"`
	}, r *http.Request,
	) error {
		return e.SetStorageType(r.PathValue("uuid"), body.Type)
	}))
	mux.HandleFunc("POST /_control/networks/{uuid}/capacity", serving.Takes(func(body struct {
		Addresses int64 `json:"addresses"`
	}, r *http.Request,
	) error {
		return e.SetAddressCapacity(r.PathValue("uuid"), body.Addresses)
	}))
	mux.HandleFunc("POST /_control/objects/{uuid}", serving.Takes(func(body struct {
		Name   *string `json:"name"`
		State  *string `json:"state"`
		Status *string `json:"status"`
	}, r *http.Request,
	) error {
		return e.ChangeObject(r.PathValue("uuid"), body.Name, body.State, body.Status)
	}))
}
