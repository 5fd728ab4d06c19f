package conn

import (
	"net/http"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// sessionLost reports whether vCenter no longer knows the session: methods answer a fault, property reads may succeed with
// the fault in place of every property. VI/JSON may say it by the status alone.
func sessionLost(x *httpapi.Exchange, err error, response soap.HasFault) bool {
	if err != nil {
		return isNotAuthenticated(err) || x.Status() == http.StatusUnauthorized
	}
	switch body := response.(type) {
	case *methods.RetrievePropertiesExBody:
		return body.Res != nil && body.Res.Returnval != nil && slices.ContainsFunc(body.Res.Returnval.Objects, objectLost)
	case *methods.ContinueRetrievePropertiesExBody:
		return body.Res != nil && slices.ContainsFunc(body.Res.Returnval.Objects, objectLost)
	case *methods.WaitForUpdatesExBody:
		return body.Res != nil && body.Res.Returnval != nil && slices.ContainsFunc(body.Res.Returnval.FilterSet, filterLost)
	}

	return false
}

func objectLost(object types.ObjectContent) bool {
	return slices.ContainsFunc(object.MissingSet, propertyLost)
}

func filterLost(filter types.PropertyFilterUpdate) bool {
	return slices.ContainsFunc(filter.ObjectSet, func(update types.ObjectUpdate) bool {
		return slices.ContainsFunc(update.MissingSet, propertyLost)
	})
}

func propertyLost(missing types.MissingProperty) bool {
	_, lost := missing.Fault.Fault.(*types.NotAuthenticated)

	return lost
}
