package vcenter

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// specName is the customization specification that every server starts with.
const specName = "linux"

// specStore holds the customization specifications, which govmomi shares between servers.
type specStore struct {
	inventory *inventory

	mu    sync.Mutex
	items []types.CustomizationSpecItem
	users map[string]string // VM → the specification it was cloned with
}

// methods returns the vim25 methods that this store answers.
func (s *specStore) methods() map[string]method {
	return map[string]method{
		"CustomizationSpecManager.DoesCustomizationSpecExist": {direct: s.doesCustomizationSpecExist},
		"CustomizationSpecManager.GetCustomizationSpec":       {direct: s.getCustomizationSpec},
		"CustomizationSpecManager.CreateCustomizationSpec":    {direct: s.createCustomizationSpec},
		"CustomizationSpecManager.OverwriteCustomizationSpec": {direct: s.overwriteCustomizationSpec},
		"CustomizationSpecManager.DeleteCustomizationSpec":    {direct: s.deleteCustomizationSpec},
	}
}

func (s *specStore) all() []types.CustomizationSpecItem {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.Clone(s.items)
}

func (s *specStore) find(name string) (types.CustomizationSpecItem, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range s.items {
		if item.Info.Name == name {
			return item, true
		}
	}

	return types.CustomizationSpecItem{}, false
}

// nameOf returns the name of the specification that a client sends whole; empty for one that is not in the store.
func (s *specStore) nameOf(spec *types.CustomizationSpec) string {
	if spec == nil {
		return ""
	}
	sent, err := xml.Marshal(*spec)
	for _, item := range s.all() {
		if stored, storedErr := xml.Marshal(item.Spec); err == nil && storedErr == nil && bytes.Equal(sent, stored) {
			return item.Info.Name
		}
	}

	return ""
}

func (s *specStore) use(vm, name string) {
	if name == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == nil {
		s.users = map[string]string{}
	}
	s.users[vm] = name
}

func (s *specStore) usedBy(vm string) string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.users[vm]
}

// move gives VMs other ids.
func (s *specStore) move(refs references) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = movedIDs(s.users, refs)
}

func (s *specStore) forget(vm string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.users, vm)
}

// change replaces the items by the result of alter on a copy, and returns what vim25 shows of them.
func (s *specStore) change(alter func([]types.CustomizationSpecItem) []types.CustomizationSpecItem) []types.CustomizationSpecInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = alter(slices.Clone(s.items))
	infos := make([]types.CustomizationSpecInfo, 0, len(s.items))
	for _, item := range s.items {
		infos = append(infos, item.Info)
	}

	return infos
}

func (s *specStore) publish(alter func([]types.CustomizationSpecItem) []types.CustomizationSpecItem) {
	ref := *s.inventory.model.ServiceContent.CustomizationSpecManager
	s.inventory.registry.Put(&mo.CustomizationSpecManager{Self: ref, Info: s.change(alter)})
}

// createInitial creates the specification that every server starts with.
func (s *specStore) createInitial() {
	item := types.CustomizationSpecItem{
		Info: types.CustomizationSpecInfo{
			Name: specName, Description: "Host name from the VM's name, address by DHCP", Type: "Linux", ChangeVersion: "1",
			LastUpdateTime: new(time.Now()),
		},
		Spec: types.CustomizationSpec{
			Options: &types.CustomizationLinuxOptions{},
			Identity: &types.CustomizationLinuxPrep{
				HostName: &types.CustomizationVirtualMachineName{}, Domain: "example.com", HwClockUTC: new(true),
			},
			NicSettingMap: []types.CustomizationAdapterMapping{{
				Adapter: types.CustomizationIPSettings{Ip: &types.CustomizationDhcpIpGenerator{}},
			}},
		},
	}
	s.publish(func([]types.CustomizationSpecItem) []types.CustomizationSpecItem {
		return []types.CustomizationSpecItem{item}
	})
}

func (s *specStore) doesCustomizationSpecExist(c *call) soap.HasFault {
	_, ok := s.find(bodyOf[types.DoesCustomizationSpecExist](c).Name)

	return &methods.DoesCustomizationSpecExistBody{Res: &types.DoesCustomizationSpecExistResponse{Returnval: ok}}
}

func unknownSpec(name string) soap.HasFault {
	p := &problem{
		fault: &types.NotFound{}, errorType: errorNotFound,
		messages: []string{"The customization specification '" + name + "' was not found."},
	}

	return p.body()
}

func (s *specStore) getCustomizationSpec(c *call) soap.HasFault {
	name := bodyOf[types.GetCustomizationSpec](c).Name
	item, ok := s.find(name)
	if !ok {
		return unknownSpec(name)
	}

	return &methods.GetCustomizationSpecBody{Res: &types.GetCustomizationSpecResponse{Returnval: item}}
}

func (s *specStore) createCustomizationSpec(c *call) soap.HasFault {
	item := bodyOf[types.CreateCustomizationSpec](c).Item
	if _, ok := s.find(item.Info.Name); ok {
		p := &problem{
			fault: &types.AlreadyExists{Name: item.Info.Name}, messages: []string{"The specification exists already."},
		}

		return p.body()
	}
	item.Info.LastUpdateTime = new(time.Now())
	s.publish(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem { return append(items, item) })

	return &methods.CreateCustomizationSpecBody{Res: &types.CreateCustomizationSpecResponse{}}
}

func (s *specStore) overwriteCustomizationSpec(c *call) soap.HasFault {
	item := bodyOf[types.OverwriteCustomizationSpec](c).Item
	if _, ok := s.find(item.Info.Name); !ok {
		return unknownSpec(item.Info.Name)
	}
	item.Info.LastUpdateTime = new(time.Now())
	s.publish(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem {
		return append(slices.DeleteFunc(items, named(item.Info.Name)), item)
	})

	return &methods.OverwriteCustomizationSpecBody{Res: &types.OverwriteCustomizationSpecResponse{}}
}

func (s *specStore) deleteCustomizationSpec(c *call) soap.HasFault {
	name := bodyOf[types.DeleteCustomizationSpec](c).Name
	if _, ok := s.find(name); !ok {
		return unknownSpec(name)
	}
	s.publish(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem {
		return slices.DeleteFunc(items, named(name))
	})

	return &methods.DeleteCustomizationSpecBody{Res: &types.DeleteCustomizationSpecResponse{}}
}

func named(name string) func(types.CustomizationSpecItem) bool {
	return func(item types.CustomizationSpecItem) bool { return item.Info.Name == name }
}
