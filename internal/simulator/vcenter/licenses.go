package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// licenses answers what govmomi's simulator does not say of licenses.
type licenses struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *licenses) methods() map[string]method {
	return map[string]method{"LicenseAssignmentManager.UpdateAssignedLicense": {direct: s.assign}}
}

// assign answers UpdateAssignedLicense. govmomi answers nothing for an entity without a license.
func (s *licenses) assign(c *call) soap.HasFault {
	req := bodyOf[types.UpdateAssignedLicense](c)
	manager, ok := c.ctx.Session.Get(c.this).(*simulator.LicenseAssignmentManager)
	if !ok {
		return notFound(c.this).body()
	}
	if !slices.ContainsFunc(manager.Returnval, func(assigned types.LicenseAssignmentManagerLicenseAssignment) bool {
		return assigned.EntityId == req.Entity
	}) {
		return (&problem{
			fault:     &types.LicenseEntityNotFound{EntityId: req.Entity},
			errorType: errorNotFound,
			messages:  []string{"The entity " + req.Entity + " has no license."},
		}).body()
	}
	keys, ok := c.ctx.Map.Get(*s.stock.inventory.model.ServiceContent.LicenseManager).(*simulator.LicenseManager)
	if !ok || !slices.ContainsFunc(keys.Licenses, func(license types.LicenseManagerLicenseInfo) bool {
		return license.LicenseKey == req.LicenseKey
	}) {
		return invalidArgument("licenseKey", "There is no license with this key.").body()
	}
	answer, _, p := s.stock.invoke(c.ctx, c.this, c.method, req)
	if p != nil {
		return p.body()
	}

	return answer
}
