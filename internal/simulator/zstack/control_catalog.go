package zstack

import (
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// CatalogOperation is an API of the management node, for tests that try everything.
type CatalogOperation struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	Path   string `json:"path"`   // "/v1/vm-instances/{uuid}/actions"
	Action string `json:"action"` // the key of the parameters in the body; empty where there is no body
}

func (t *router) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/catalog", serving.Answers(func() []CatalogOperation {
		catalog := []CatalogOperation{{Name: QueryJob, Method: http.MethodGet, Path: jobPath}}
		for _, each := range t.operations {
			catalog = append(catalog, CatalogOperation{Name: each.name, Method: each.method, Path: each.path, Action: each.action})
		}

		return catalog
	}))
}
