package vcenter

import (
	"cmp"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// configOptions answers what virtual hardware a cluster or a host offers.
type configOptions struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *configOptions) methods() map[string]method {
	return map[string]method{
		"EnvironmentBrowser.QueryConfigOption":   {direct: s.queryConfigOption},
		"EnvironmentBrowser.QueryConfigOptionEx": {direct: s.queryConfigOptionEx},
	}
}

// queryConfigOption answers QueryConfigOption: govmomi's answer, which is the same for all keys and leaves out the number of the hardware
// version. Clients compare it with a VM's before they upgrade that.
func (s *configOptions) queryConfigOption(c *call) soap.HasFault {
	req := bodyOf[types.QueryConfigOption](c)
	result, key, p := s.ask(c, req.Key, req.Host)
	if p != nil {
		return p.body()
	}
	answer := &types.QueryConfigOptionResponse{}
	if body, ok := result.(*methods.QueryConfigOptionBody); ok && key != "" {
		answer.Returnval = optionOf(key, body.Res.Returnval)
	}

	return &methods.QueryConfigOptionBody{Res: answer}
}

// queryConfigOptionEx answers QueryConfigOptionEx, which also chooses guests.
func (s *configOptions) queryConfigOptionEx(c *call) soap.HasFault {
	req := bodyOf[types.QueryConfigOptionEx](c)
	spec := types.EnvironmentBrowserConfigOptionQuerySpec{}
	if req.Spec != nil {
		spec = *req.Spec
	}
	result, key, p := s.ask(c, spec.Key, spec.Host)
	if p != nil {
		return p.body()
	}
	answer := &types.QueryConfigOptionExResponse{}
	if body, ok := result.(*methods.QueryConfigOptionExBody); ok && key != "" {
		answer.Returnval = optionOf(key, body.Res.Returnval)
	}

	return &methods.QueryConfigOptionExBody{Res: answer}
}

// ask returns govmomi's answer, and the key of the option that the client asks for. Without one that is what new VMs have. The key is empty
// where the host that is named, or any, does not offer it: then the answer has no option.
func (s *configOptions) ask(c *call, key string, host *types.ManagedObjectReference) (soap.HasFault, string, *problem) {
	browser, ok := c.ctx.Session.Get(c.this).(*simulator.EnvironmentBrowser)
	if !ok {
		return nil, "", notFound(c.this)
	}
	if host != nil && c.ctx.Map.Get(*host) == nil {
		return nil, "", notFound(*host)
	}
	result, _, p := s.stock.invoke(c.ctx, c.this, c.method, c.body)
	if p != nil {
		return nil, "", p
	}
	key = cmp.Or(key, esx.HardwareVersion)
	offers := func(each types.VirtualMachineConfigOptionDescriptor) bool {
		return each.Key == key && (host == nil || slices.Contains(each.Host, *host))
	}
	if !slices.ContainsFunc(browser.QueryConfigOptionDescriptorResponse.Returnval, offers) {
		return result, "", nil
	}

	return result, key, nil
}

// optionOf returns a copy of an option for a key, which is the name of a hardware version.
func optionOf(key string, option *types.VirtualMachineConfigOption) *types.VirtualMachineConfigOption {
	if option == nil {
		return nil
	}
	own := *option
	own.Version = key
	if version, err := types.ParseHardwareVersion(key); err == nil {
		own.HardwareOptions.HwVersion = int32(version)
	}

	return &own
}
