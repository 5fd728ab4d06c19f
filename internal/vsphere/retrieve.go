package vsphere

import (
	"context"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const retrieveOp = "RetrievePropertiesEx"

// properties are what was read of one object.
type properties struct {
	ref    types.ManagedObjectReference
	values map[string]any
	// missing says why a property could not be read.
	missing map[string]types.LocalizedMethodFault
}

// retrieve reads properties of many objects in one call, and in as many more as the answer has pages. Objects that do not
// exist are left out.
func (s *session) retrieve(ctx context.Context, object string, specs ...types.PropertyFilterSpec) ([]properties, error) {
	report := true
	for i := range specs {
		specs[i].ReportMissingObjectsInResults = &report
	}
	var contents []types.ObjectContent
	err := s.vimCall(ctx, httpapi.Call{Op: retrieveOp, Object: object}, func(ctx context.Context, vim *vim25.Client) error {
		contents = nil
		collector := vim.ServiceContent.PropertyCollector
		answer, err := methods.RetrievePropertiesEx(ctx, vim, &types.RetrievePropertiesEx{
			This: collector, SpecSet: specs,
		})
		if err != nil {
			return err //nolint:wrapcheck // vimCall classifies it
		}
		page := answer.Returnval
		for page != nil {
			contents = append(contents, page.Objects...)
			if page.Token == "" {
				break
			}
			next, err := methods.ContinueRetrievePropertiesEx(ctx, vim, &types.ContinueRetrievePropertiesEx{
				This: collector, Token: page.Token,
			})
			if err != nil {
				return err //nolint:wrapcheck // vimCall classifies it
			}
			page = &next.Returnval
		}

		return nil
	})
	if err != nil {
		return nil, err
	}

	return readable(contents), nil
}

// readable sorts the answer by object.
func readable(contents []types.ObjectContent) []properties {
	all := make([]properties, 0, len(contents))
	for _, content := range contents {
		p := properties{
			ref: content.Obj, values: make(map[string]any, len(content.PropSet)),
			missing: make(map[string]types.LocalizedMethodFault, len(content.MissingSet)),
		}
		for _, property := range content.PropSet {
			p.values[property.Name] = property.Val
		}
		for _, property := range content.MissingSet {
			p.missing[property.Path] = property.Fault
		}
		if _, unnamed := p.missing["name"]; !unnamed || len(p.values) > 0 || !p.vanished() {
			all = append(all, p)
		}
	}

	return all
}

// vanished reports whether the object went away while it was read.
func (p properties) vanished() bool {
	for _, fault := range p.missing {
		if faultKind(fault.Fault) == apierr.NotFound {
			return true
		}
	}

	return false
}

// denied returns the error for an object that the user may not see, whose name cannot be read, and nil otherwise.
func (p properties) denied() error {
	fault, missing := p.missing["name"]
	if !missing || faultKind(fault.Fault) != apierr.Denied {
		return nil
	}

	return localizedError(httpapi.Call{Op: retrieveOp, Object: p.ref.Value}, &fault)
}

// get returns a property of a type, and that type's zero value where it is unset.
func get[T any](p properties, path string) T {
	switch value := p.values[path].(type) {
	case *T:
		if value != nil {
			return *value
		}
	case T:
		return value
	}
	var none T

	return none
}

// refID returns the id of a reference property, and nothing where it is unset.
func (p properties) refID(path string) string {
	return get[types.ManagedObjectReference](p, path).Value
}
