package vcenter

import (
	"cmp"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// Catalog is what the server answers, for tests that try everything.
type Catalog struct {
	Methods []CatalogMethod `json:"methods"` // of SOAP, of the types that have an object now
	Routes  []CatalogRoute  `json:"routes"`  // of REST
	Objects []CatalogObject `json:"objects"` // all that are there now
}

// CatalogMethod is a SOAP method of a type.
type CatalogMethod struct {
	Type string `json:"type"`
	Name string `json:"name"` // "CloneVM_Task"
}

// CatalogRoute is a REST operation.
type CatalogRoute struct {
	Method string `json:"method"`
	Path   string `json:"path"`   // "/api/vcenter/vm/{vm}"
	Action string `json:"action"` // of the query parameter action
}

// CatalogObject is a managed object.
type CatalogObject struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func (s *controlAPI) serveCatalog(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/catalog", serving.Answers(s.catalog))
}

func (s *controlAPI) catalog() Catalog {
	var catalog Catalog
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	methods := map[CatalogMethod]bool{}
	for _, object := range s.inventory.registry.AllReference("") {
		ref := object.Reference()
		catalog.Objects = append(catalog.Objects, CatalogObject{Type: ref.Type, ID: ref.Value})
		for _, name := range govmomiMethods(object) {
			methods[CatalogMethod{ref.Type, name}] = true
		}
	}
	for key := range s.vim.methods {
		if kind, name, _ := strings.Cut(key, "."); kind != "*" {
			methods[CatalogMethod{kind, name}] = true
		}
	}
	byName := func(a, b CatalogMethod) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name)) }
	catalog.Methods = slices.SortedFunc(maps.Keys(methods), byName)
	for _, route := range s.rest.routes {
		catalog.Routes = append(catalog.Routes, CatalogRoute{Method: route.verb, Path: route.path, Action: route.action})
	}
	catalog.Routes = append(catalog.Routes, legacyRoutes()...)
	slices.SortFunc(catalog.Objects, func(a, b CatalogObject) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID)) })

	return catalog
}

// govmomiMethods returns the names of the vim25 methods that an object of govmomi's has.
func govmomiMethods(object any) []string {
	var names []string
	for method := range reflect.TypeOf(object).Methods() {
		described := method.Type
		takesContext := described.NumIn() == 3 && described.In(1) == reflect.TypeFor[*simulator.Context]()
		if described.NumOut() != 1 || described.Out(0) != reflect.TypeFor[soap.HasFault]() || described.NumIn() != 2 && !takesContext {
			continue
		}
		name := method.Name
		if bare, ok := strings.CutSuffix(name, "Task"); ok {
			if _, known := types.TypeFunc()(bare + taskSuffix); known {
				name = bare + taskSuffix
			}
		}
		if _, known := types.TypeFunc()(name); known {
			names = append(names, name)
		}
	}

	return names
}
