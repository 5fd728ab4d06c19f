package vcenter

import (
	"errors"
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// controlHandler is the HTTP side of the methods that change the server itself. Bodies are JSON; an empty answer is
// 204, a refused one 400 with {"error": …}. It needs no session.
//
//	GET    /_control/requests              → RequestCounts
//	DELETE /_control/requests
//	POST   /_control/faults                ← Fault, with "delay" and "retry_after" as durations: "200ms"
//	DELETE /_control/faults
//	GET    /_control/tasks                 → [TaskInfo]
//	GET    /_control/tasks/crowds          → {"administrator@vsphere.local": TaskCrowd}
//	POST   /_control/tasks/hold            ← {"method": "CloneVM_Task"}
//	POST   /_control/tasks/release
//	POST   /_control/tasks/forget
//	POST   /_control/tasks/ignore-cancel   ← {"ignore": true}
//	POST   /_control/restart               ← {"outage": "2s", "abort_tasks": true}
//	GET    /_control/sessions              → [SessionInfo]
//	POST   /_control/sessions/expire
//	GET    /_control/vms                   → [VM]
//	POST   /_control/vms/{vm}              ← Change
//	DELETE /_control/vms/{vm}
//	POST   /_control/snapshots/{snapshot}  ← {"name": "by hand", "description": ""}
//	DELETE /_control/snapshots/{snapshot}
//	POST   /_control/datastores/{id}       ← {"accessible": false, "free_bytes": 1}
//	POST   /_control/hosts/{id}            ← {"maintenance": true, "connected": false}
//	POST   /_control/clusters/{id}         ← ClusterChange
//	POST   /_control/vms/{vm}/fail-over    a primary's host fails
//	POST   /_control/guests                ← {"suppress_addresses": true, "ignore_shutdown": true}
//	POST   /_control/users                 ← {"name": "ci", "password": "…", "privileges": ["…"]}
//	GET    /_control/id?path=/DC0/vm       → {"id": "group-v4"}
func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	s.controlRequests(mux)
	s.controlTasks(mux)
	s.controlInventory(mux)
	s.controlFT(mux)

	return mux
}

func (s *Server) controlRequests(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/requests", serving.Answers(s.Requests))
	mux.HandleFunc("DELETE /_control/requests", serving.Does(s.ResetRequests))
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
		s.Inject(body.Fault)

		return nil
	}))
	mux.HandleFunc("DELETE /_control/faults", serving.Does(s.ClearFaults))
	mux.HandleFunc("POST /_control/restart", serving.Takes(func(body struct {
		Outage     serving.Duration `json:"outage"`
		AbortTasks bool             `json:"abort_tasks"`
	}, _ *http.Request,
	) error {
		s.Restart(Restart{Outage: time.Duration(body.Outage), AbortTasks: body.AbortTasks})

		return nil
	}))
	mux.HandleFunc("GET /_control/sessions", serving.Answers(s.Sessions))
	mux.HandleFunc("POST /_control/sessions/expire", serving.Does(s.ExpireSessions))
	mux.HandleFunc("POST /_control/users", serving.Takes(func(body struct {
		Name       string   `json:"name"`
		Password   string   `json:"password"`
		Privileges []string `json:"privileges"`
	}, _ *http.Request,
	) error {
		s.AddUser(body.Name, body.Password, body.Privileges...)

		return nil
	}))
}

func (s *Server) controlTasks(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/tasks", serving.Answers(s.Tasks))
	mux.HandleFunc("GET /_control/tasks/crowds", serving.Answers(s.TaskCrowds))
	mux.HandleFunc("POST /_control/tasks/hold", serving.Takes(func(body struct {
		Method string `json:"method"`
	}, _ *http.Request,
	) error {
		s.HoldTasks(body.Method)

		return nil
	}))
	mux.HandleFunc("POST /_control/tasks/release", serving.Does(s.ReleaseTasks))
	mux.HandleFunc("POST /_control/tasks/forget", serving.Does(s.ForgetTasks))
	mux.HandleFunc("POST /_control/tasks/ignore-cancel", serving.Takes(func(body struct {
		Ignore *bool `json:"ignore"`
	}, _ *http.Request,
	) error {
		s.IgnoreCancel(body.Ignore == nil || *body.Ignore)

		return nil
	}))
}

func (s *Server) controlInventory(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/vms", serving.Answers(s.VMs))
	mux.HandleFunc("POST /_control/vms/{vm}", serving.Takes(func(body Change, r *http.Request) error {
		return s.ChangeVM(r.PathValue("vm"), body)
	}))
	mux.HandleFunc("DELETE /_control/vms/{vm}", serving.Takes(func(_ struct{}, r *http.Request) error {
		return s.DestroyVM(r.PathValue("vm"))
	}))
	mux.HandleFunc("POST /_control/snapshots/{snapshot}", serving.Takes(func(body SnapshotChange, r *http.Request) error {
		return s.ChangeSnapshot(r.PathValue("snapshot"), body)
	}))
	mux.HandleFunc("DELETE /_control/snapshots/{snapshot}", serving.Takes(func(_ struct{}, r *http.Request) error {
		return s.DestroySnapshot(r.PathValue("snapshot"))
	}))
	mux.HandleFunc("POST /_control/datastores/{id}", serving.Takes(func(body struct {
		Accessible *bool  `json:"accessible"`
		FreeBytes  *int64 `json:"free_bytes"`
	}, r *http.Request,
	) error {
		return s.ChangeDatastore(r.PathValue("id"), body.Accessible, body.FreeBytes)
	}))
	mux.HandleFunc("POST /_control/hosts/{id}", serving.Takes(func(body struct {
		Maintenance *bool `json:"maintenance"`
		Connected   *bool `json:"connected"`
	}, r *http.Request,
	) error {
		return s.ChangeHost(r.PathValue("id"), body.Maintenance, body.Connected)
	}))
	mux.HandleFunc("POST /_control/guests", serving.Takes(func(body struct {
		SuppressAddresses *bool `json:"suppress_addresses"`
		IgnoreShutdown    *bool `json:"ignore_shutdown"`
	}, _ *http.Request,
	) error {
		if body.SuppressAddresses != nil {
			s.SuppressGuestAddresses(*body.SuppressAddresses)
		}
		if body.IgnoreShutdown != nil {
			s.IgnoreShutdown(*body.IgnoreShutdown)
		}

		return nil
	}))
	mux.HandleFunc("GET /_control/id", func(w http.ResponseWriter, r *http.Request) {
		serving.WriteJSON(w, http.StatusOK, map[string]string{"id": s.ID(r.URL.Query().Get("path"))})
	})
}
