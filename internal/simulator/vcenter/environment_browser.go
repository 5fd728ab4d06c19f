package vcenter

import (
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// configOptions answers what virtual hardware a cluster or a host offers.
type configOptions struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *configOptions) methods() map[string]method {
	return map[string]method{"EnvironmentBrowser.QueryConfigOption": {direct: s.queryConfigOption}}
}

// queryConfigOption answers QueryConfigOption: govmomi's answer, which leaves out the number of the hardware version. Clients compare it
// with a VM's before they upgrade that.
func (s *configOptions) queryConfigOption(c *call) soap.HasFault {
	result, _, p := s.stock.invoke(c.ctx, c.this, c.method, c.body)
	if p != nil {
		return p.body()
	}
	body, ok := result.(*methods.QueryConfigOptionBody)
	if !ok || body.Res == nil || body.Res.Returnval == nil {
		return result
	}
	option := *body.Res.Returnval
	if version, err := types.ParseHardwareVersion(option.Version); err == nil {
		option.HardwareOptions.HwVersion = int32(version)
	}

	return &methods.QueryConfigOptionBody{Res: &types.QueryConfigOptionResponse{Returnval: &option}}
}
