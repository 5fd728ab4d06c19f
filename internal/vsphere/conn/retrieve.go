package conn

import (
	"context"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// RetrieveOp is the method of [Conn.Retrieve], for errors.
const RetrieveOp = "RetrievePropertiesEx"

// Properties are what was read of one object.
type Properties struct {
	Ref    types.ManagedObjectReference
	Values map[string]any
	// Missing says why a property could not be read.
	Missing map[string]types.LocalizedMethodFault
}

// Retrieve reads properties of many objects in one call (RetrievePropertiesEx), and in as many more as the answer has pages.
// Objects that do not exist are left out.
func (c *Conn) Retrieve(ctx context.Context, object string, specs ...types.PropertyFilterSpec) ([]Properties, error) {
	report := true
	for i := range specs {
		specs[i].ReportMissingObjectsInResults = &report
	}
	content, err := c.Content(ctx)
	if err != nil {
		return nil, err
	}
	request := types.RetrievePropertiesEx{This: content.PropertyCollector, SpecSet: specs}
	for attempts := c.attempts(httpapi.Reads); ; {
		contents, err := c.pages(ctx, c.Method(httpapi.Call{Op: RetrieveOp, Object: object}).Once(), &request)
		if err == nil {
			return readable(contents), nil
		}
		if !attempts.Again(ctx, err) {
			return nil, err
		}
	}
}

func (c *Conn) pages(ctx context.Context, method Method, request *types.RetrievePropertiesEx) ([]types.ObjectContent, error) {
	answer, err := Call(ctx, method, methods.RetrievePropertiesEx, request)
	if err != nil || answer.Returnval == nil {
		return nil, err
	}
	contents, token := answer.Returnval.Objects, answer.Returnval.Token
	for token != "" {
		next, err := Call(ctx, method, methods.ContinueRetrievePropertiesEx, &types.ContinueRetrievePropertiesEx{
			This: request.This, Token: token,
		})
		if err != nil {
			return nil, err
		}
		contents, token = append(contents, next.Returnval.Objects...), next.Returnval.Token
	}

	return contents, nil
}

// readable sorts the answer by object.
func readable(contents []types.ObjectContent) []Properties {
	all := make([]Properties, 0, len(contents))
	for _, content := range contents {
		p := Properties{
			Ref: content.Obj, Values: make(map[string]any, len(content.PropSet)),
			Missing: make(map[string]types.LocalizedMethodFault, len(content.MissingSet)),
		}
		for _, property := range content.PropSet {
			p.Values[property.Name] = property.Val
		}
		for _, property := range content.MissingSet {
			p.Missing[property.Path] = property.Fault
		}
		if _, unnamed := p.Missing["name"]; !unnamed || len(p.Values) > 0 || !p.vanished() {
			all = append(all, p)
		}
	}

	return all
}

// vanished reports whether the object went away while it was read.
func (p Properties) vanished() bool {
	for _, fault := range p.Missing {
		if faultKind(fault.Fault) == apierr.NotFound {
			return true
		}
	}

	return false
}

// Denied returns the error for an object that the user may not see, whose name cannot be read, and nil otherwise.
func (p Properties) Denied() error {
	fault, missing := p.Missing["name"]
	if !missing || faultKind(fault.Fault) != apierr.Denied {
		return nil
	}

	return LocalizedError(httpapi.Call{Op: RetrieveOp, Object: p.Ref.Value}, &fault)
}

// Get returns a property of a type, and that type's zero value where it is unset.
func Get[T any](p Properties, path string) T {
	switch value := p.Values[path].(type) {
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

// RefID returns the id of a reference property, and nothing where it is unset.
func (p Properties) RefID(path string) string {
	return Get[types.ManagedObjectReference](p, path).Value
}
