package vcenter

import (
	"errors"
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// controlAPI is the HTTP side of the methods that change the server itself. Bodies are JSON; an empty answer is
// 204, a refused one 400 with {"error": …}. It needs no session.
//
//	GET    /_control/requests              → RequestCounts
//	DELETE /_control/requests
//	POST   /_control/faults                ← Fault, with "delay" and "retry_after" as durations: "200ms"
//	DELETE /_control/faults
//	GET    /_control/tasks                 → [TaskInfo]
//	GET    /_control/tasks/crowds          → {"administrator@vsphere.local": TaskCount}
//	POST   /_control/tasks/hold            ← {"method": "CloneVM_Task"}
//	POST   /_control/tasks/release
//	POST   /_control/tasks/forget
//	POST   /_control/tasks/ignore-cancel   ← {"ignore": true}
//	POST   /_control/tasks/targets         ← {"target": "created"} or "none"; empty: the source, as at first
//	POST   /_control/tasks/concurrent-instant-clones ← {"allow": true}
//	POST   /_control/restart               ← {"outage": "2s", "abort_tasks": true}
//	GET    /_control/sessions              → [SessionInfo]
//	POST   /_control/sessions/expire
//	GET    /_control/vms                   → [VM]
//	POST   /_control/vms/{vm}              ← Change
//	DELETE /_control/vms/{vm}
//	POST   /_control/vms/{vm}/reregister   the VM and its snapshots get new ids, and it loses its tags, attributes and policies
//	POST   /_control/restore               ← {"ids": {"vm-42": "vm-43", "vm-43": "vm-42"}}
//	POST   /_control/snapshots/{snapshot}  ← {"name": "by hand", "description": ""}
//	DELETE /_control/snapshots/{snapshot}
//	POST   /_control/datastores/{id}       ← {"accessible": false, "free_bytes": 1}
//	POST   /_control/hosts/{id}            ← {"maintenance": true, "connected": false}
//	POST   /_control/clusters/{id}         ← ClusterChange
//	POST   /_control/vms/{vm}/fail-over    a primary's host fails
//	POST   /_control/guests                ← {"suppress_addresses": true, "ignore_shutdown": true}
//	POST   /_control/users                 ← {"name": "ci", "password": "…", "privileges": ["…"]}
//	GET    /_control/id?path=/DC0/vm       → {"id": "group-v4"}
//	GET    /_control/catalog               → Catalog: the methods, the routes and the objects that there are
type controlAPI struct {
	*stores
}

func (s *controlAPI) handler() http.Handler {
	mux := http.NewServeMux()
	s.serveRequests(mux)
	s.serveTasks(mux)
	s.serveInventory(mux)
	s.serveCatalog(mux)
	s.serveFaultTolerance(mux)

	return mux
}

func (s *controlAPI) serveRequests(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/requests", serving.Answers(s.requests.Counts))
	mux.HandleFunc("DELETE /_control/requests", serving.Does(s.requests.Reset))
	mux.HandleFunc("POST /_control/faults", serving.Takes(func(body struct {
		Fault
		Delay      serving.Duration `json:"delay"`
		RetryAfter serving.Duration `json:"retry_after"`
	}, _ *http.Request,
	) error {
		body.Fault.Delay, body.Fault.RetryAfter = time.Duration(body.Delay), time.Duration(body.RetryAfter)
		if !body.known() {
			return errors.New("code is neither a vAPI error type nor a vim25 fault")
		}
		s.faults.inject(body.Fault)

		return nil
	}))
	mux.HandleFunc("DELETE /_control/faults", serving.Does(s.faults.Clear))
	mux.HandleFunc("POST /_control/restart", serving.Takes(func(body struct {
		Outage     serving.Duration `json:"outage"`
		AbortTasks bool             `json:"abort_tasks"`
	}, _ *http.Request,
	) error {
		s.outage.restart(Restart{Outage: time.Duration(body.Outage), AbortTasks: body.AbortTasks})

		return nil
	}))
	mux.HandleFunc("GET /_control/sessions", serving.Answers(s.sessions.list))
	mux.HandleFunc("POST /_control/sessions/expire", serving.Does(s.sessions.expireAll))
	mux.HandleFunc("POST /_control/users", serving.Takes(func(body struct {
		Name       string   `json:"name"`
		Password   string   `json:"password"`
		Privileges []string `json:"privileges"`
	}, _ *http.Request,
	) error {
		s.users.grant(body.Name, body.Password, body.Privileges)

		return nil
	}))
}

func (s *controlAPI) serveTasks(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/tasks", serving.Answers(s.tasks.list))
	mux.HandleFunc("GET /_control/tasks/crowds", serving.Answers(s.tasks.running))
	mux.HandleFunc("POST /_control/tasks/hold", serving.Takes(func(body struct {
		Method string `json:"method"`
	}, _ *http.Request,
	) error {
		s.tasks.hold(body.Method)

		return nil
	}))
	mux.HandleFunc("POST /_control/tasks/release", serving.Does(s.tasks.release))
	mux.HandleFunc("POST /_control/tasks/forget", serving.Does(s.tasks.forget))
	mux.HandleFunc("POST /_control/tasks/targets", serving.Takes(func(body struct {
		Target TaskTarget `json:"target"`
	}, _ *http.Request,
	) error {
		s.tasks.setTargets(body.Target)

		return nil
	}))
	mux.HandleFunc("POST /_control/tasks/ignore-cancel", serving.Takes(func(body struct {
		Ignore *bool `json:"ignore"`
	}, _ *http.Request,
	) error {
		s.tasks.setIgnoreCancel(body.Ignore == nil || *body.Ignore)

		return nil
	}))
	mux.HandleFunc("POST /_control/tasks/concurrent-instant-clones", serving.Takes(func(body struct {
		Allow *bool `json:"allow"`
	}, _ *http.Request,
	) error {
		s.instantClones.concurrent.Store(body.Allow == nil || *body.Allow)

		return nil
	}))
}

func (s *controlAPI) serveInventory(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/vms", serving.Answers(s.view.all))
	mux.HandleFunc("POST /_control/vms/{vm}", serving.Takes(func(body Change, r *http.Request) error {
		return s.editor.changeVM(r.PathValue("vm"), body)
	}))
	mux.HandleFunc("DELETE /_control/vms/{vm}", serving.Takes(func(_ struct{}, r *http.Request) error {
		return s.editor.destroyVM(r.PathValue("vm"))
	}))
	mux.HandleFunc("POST /_control/vms/{vm}/reregister", serving.Takes(func(_ struct{}, r *http.Request) error {
		_, err := s.ids.reregister(r.PathValue("vm"))

		return err
	}))
	mux.HandleFunc("POST /_control/restore", serving.Takes(func(body struct {
		IDs map[string]string `json:"ids"`
	}, _ *http.Request,
	) error {
		return s.ids.restore(body.IDs)
	}))
	mux.HandleFunc("POST /_control/snapshots/{snapshot}", serving.Takes(func(body SnapshotChange, r *http.Request) error {
		return s.snapshots.change(r.PathValue("snapshot"), body)
	}))
	mux.HandleFunc("DELETE /_control/snapshots/{snapshot}", serving.Takes(func(_ struct{}, r *http.Request) error {
		return s.snapshots.destroy(r.PathValue("snapshot"))
	}))
	mux.HandleFunc("POST /_control/datastores/{id}", serving.Takes(func(body struct {
		Accessible *bool  `json:"accessible"`
		FreeBytes  *int64 `json:"free_bytes"`
	}, r *http.Request,
	) error {
		return s.editor.changeDatastore(r.PathValue("id"), body.Accessible, body.FreeBytes)
	}))
	mux.HandleFunc("POST /_control/hosts/{id}", serving.Takes(func(body struct {
		Maintenance *bool `json:"maintenance"`
		Connected   *bool `json:"connected"`
	}, r *http.Request,
	) error {
		return s.editor.changeHost(r.PathValue("id"), body.Maintenance, body.Connected)
	}))
	mux.HandleFunc("POST /_control/guests", serving.Takes(func(body struct {
		SuppressAddresses *bool `json:"suppress_addresses"`
		IgnoreShutdown    *bool `json:"ignore_shutdown"`
	}, _ *http.Request,
	) error {
		if body.SuppressAddresses != nil {
			s.guests.suppressAddresses(*body.SuppressAddresses)
		}
		if body.IgnoreShutdown != nil {
			s.guests.ignoreShutdown(*body.IgnoreShutdown)
		}

		return nil
	}))
	mux.HandleFunc("GET /_control/id", func(w http.ResponseWriter, r *http.Request) {
		serving.WriteJSON(w, http.StatusOK, map[string]string{"id": s.view.id(r.URL.Query().Get("path"))})
	})
}

// serveFaultTolerance adds the control endpoint's parts for clusters and pairs.
func (s *controlAPI) serveFaultTolerance(mux *http.ServeMux) {
	mux.HandleFunc("POST /_control/clusters/{id}", serving.Takes(func(body ClusterChange, r *http.Request) error {
		return s.clusters.changeCluster(r.PathValue("id"), body)
	}))
	mux.HandleFunc("POST /_control/vms/{vm}/fail-over", serving.Takes(func(_ struct{}, r *http.Request) error {
		return s.ft.failOver(r.PathValue("vm"))
	}))
}
