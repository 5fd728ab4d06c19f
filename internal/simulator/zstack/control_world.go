package zstack

import (
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// controlWorld is the part of the control endpoint that tells of the inventory.
//
//	GET    /_control/id?type=Zone&name=zone-1 → {"id": "…"}
func (s *Server) controlWorld(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/id", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		serving.WriteJSON(w, http.StatusOK, map[string]string{"id": s.ID(query.Get("type"), query.Get("name"))})
	})
}

// ID returns the uuid of the first resource of a kind ("Zone", "VmInstance") that has a name; empty if there is none.
func (s *Server) ID(resource, name string) string {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	for _, record := range s.world.records(resource) {
		if record["name"] == name {
			uuid, _ := record["uuid"].(string)

			return uuid
		}
	}

	return ""
}
