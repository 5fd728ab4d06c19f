package zstack

import (
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// controlWorld is the part of the control endpoint that tells of the inventory and changes it.
//
//	GET    /_control/vms                        → [VM]
//	POST   /_control/vms/{uuid}                 ← Change
//	DELETE /_control/vms/{uuid}                 as the deletion policy says; with ?remove=true nothing of it stays
//	GET    /_control/volumes                    → [Volume]
//	DELETE /_control/volumes/{uuid}             nothing of it stays
//	GET    /_control/snapshot-groups            → [SnapshotGroup]
//	POST   /_control/snapshot-groups/{uuid}     ← {"name": "…", "description": "…"}
//	DELETE /_control/snapshot-groups/{uuid}
//	POST   /_control/snapshots/{uuid}           ← {"fail_deletes": true}
//	DELETE /_control/snapshots/{uuid}
//	GET    /_control/tags/{uuid of a resource}  → [Tag]
//	POST   /_control/hosts/{uuid}/capacity      ← {"cpus": 8, "memory_bytes": 1073741824}
//	POST   /_control/storages/{uuid}/capacity   ← {"bytes": 1073741824}
//	POST   /_control/networks/{uuid}/capacity   ← {"addresses": 10}
//	POST   /_control/objects/{uuid}             ← {"name": "…", "state": "Disabled", "status": "Disconnected"}
//	GET    /_control/id?type=zone&name=zone-1   → {"id": "…"}
func (s *Server) controlWorld(mux *http.ServeMux) {
	s.controlVMs(mux)
	s.controlSnapshots(mux)
	s.controlObjects(mux)
	mux.HandleFunc("GET /_control/id", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		serving.WriteJSON(w, http.StatusOK, map[string]string{"id": s.ID(query.Get("type"), query.Get("name"))})
	})
}

// empty is the body of what takes none.
type empty struct{}

func (s *Server) controlVMs(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/vms", serving.Answers(s.VMs))
	mux.HandleFunc("POST /_control/vms/{uuid}", serving.Takes(func(body Change, r *http.Request) error {
		return s.ChangeVM(r.PathValue("uuid"), body)
	}))
	mux.HandleFunc("DELETE /_control/vms/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		if r.URL.Query().Get("remove") == "true" {
			return s.RemoveVM(r.PathValue("uuid"))
		}

		return s.DestroyVM(r.PathValue("uuid"))
	}))
	mux.HandleFunc("GET /_control/volumes", serving.Answers(s.Volumes))
	mux.HandleFunc("DELETE /_control/volumes/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		return s.RemoveVolume(r.PathValue("uuid"))
	}))
	mux.HandleFunc("GET /_control/tags/{uuid}", func(w http.ResponseWriter, r *http.Request) {
		serving.WriteJSON(w, http.StatusOK, s.Tags(r.PathValue("uuid")))
	})
}

func (s *Server) controlSnapshots(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/snapshot-groups", serving.Answers(s.SnapshotGroups))
	mux.HandleFunc("POST /_control/snapshot-groups/{uuid}", serving.Takes(func(body struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
	}, r *http.Request,
	) error {
		return s.ChangeSnapshotGroup(r.PathValue("uuid"), body.Name, body.Description)
	}))
	mux.HandleFunc("DELETE /_control/snapshot-groups/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		return s.DeleteSnapshotGroup(r.PathValue("uuid"))
	}))
	mux.HandleFunc("POST /_control/snapshots/{uuid}", serving.Takes(func(body struct {
		FailDeletes bool `json:"fail_deletes"`
	}, r *http.Request,
	) error {
		return s.FailSnapshotDeletes(body.FailDeletes, r.PathValue("uuid"))
	}))
	mux.HandleFunc("DELETE /_control/snapshots/{uuid}", serving.Takes(func(_ empty, r *http.Request) error {
		return s.DeleteSnapshot(r.PathValue("uuid"))
	}))
}

func (s *Server) controlObjects(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/hosts/{uuid}/capacity", serving.Takes(func(body struct {
		CPUs        int64 `json:"cpus"`
		MemoryBytes int64 `json:"memory_bytes"`
	}, r *http.Request,
	) error {
		return s.SetHostCapacity(r.PathValue("uuid"), body.CPUs, body.MemoryBytes)
	}))
	mux.HandleFunc("POST /_control/storages/{uuid}/capacity", serving.Takes(func(body struct {
		Bytes int64 `json:"bytes"`
	}, r *http.Request,
	) error {
		return s.SetStorageCapacity(r.PathValue("uuid"), body.Bytes)
	}))
	mux.HandleFunc("POST /_control/networks/{uuid}/capacity", serving.Takes(func(body struct {
		Addresses int64 `json:"addresses"`
	}, r *http.Request,
	) error {
		return s.SetAddressCapacity(r.PathValue("uuid"), body.Addresses)
	}))
	mux.HandleFunc("POST /_control/objects/{uuid}", serving.Takes(func(body struct {
		Name   *string `json:"name"`
		State  *string `json:"state"`
		Status *string `json:"status"`
	}, r *http.Request,
	) error {
		return s.ChangeObject(r.PathValue("uuid"), body.Name, body.State, body.Status)
	}))
}
