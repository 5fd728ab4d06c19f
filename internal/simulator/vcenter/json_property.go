package vcenter

import (
	"net/http"
	"reflect"

	"github.com/vmware/govmomi/vim25/types"
)

// readProperty answers GET of a property. Without a session only the service's content can be read.
func (s *jsonAPI) readProperty(w http.ResponseWriter, r *http.Request, target *jsonTarget) {
	if target.this.Type == "ServiceInstance" && target.name == "content" {
		content := s.callAsSOAP(r, target, "RetrieveServiceContent", &types.RetrieveServiceContent{This: target.this})
		if content.problem != nil {
			writeJSONFault(w, content.problem)

			return
		}
		writeJSONValue(w, content.value)

		return
	}
	if !s.inventory.hasOpenSession(r.Header.Get(sessionHeader)) {
		writeJSONFault(w, notAuthenticated(target.this))

		return
	}
	body := &types.RetrievePropertiesEx{
		This: s.inventory.model.ServiceContent.PropertyCollector,
		SpecSet: []types.PropertyFilterSpec{{
			ObjectSet: []types.ObjectSpec{{Obj: target.this}},
			PropSet:   []types.PropertySpec{{Type: target.this.Type, PathSet: []string{target.name}}},
		}},
	}
	result := s.callAsSOAP(r, target, "RetrievePropertiesEx", body)
	if result.problem != nil {
		refuseRead(w, result.problem)

		return
	}
	read, _ := reflect.TypeAssert[*types.RetrieveResult](result.value)
	if read == nil || len(read.Objects) == 0 {
		writeJSONFault(w, notFound(target.this))

		return
	}
	object := read.Objects[0]
	if len(object.MissingSet) > 0 {
		missing := object.MissingSet[0].Fault
		refuseRead(w, fromFault(missing.Fault, missing.LocalizedMessage))

		return
	}
	if len(object.PropSet) == 0 {
		w.WriteHeader(http.StatusNoContent)

		return
	}
	writeJSONValue(w, reflect.ValueOf(object.PropSet[0].Val))
}

// refuseRead answers with a problem; for a property that the object does not have with 404.
func refuseRead(w http.ResponseWriter, p *problem) {
	if typeOf(p.fault) == "InvalidProperty" {
		http.Error(w, "unknown property", http.StatusNotFound)

		return
	}
	writeJSONFault(w, p)
}
