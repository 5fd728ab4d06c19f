package vcenter

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// specName is the customization specification that every server starts with.
const specName = "linux"

// specStore holds the customization specifications, which govmomi shares between servers.
type specStore struct {
	mu    sync.Mutex
	items []types.CustomizationSpecItem
	users map[string]string // VM → the specification it was cloned with
}

func (st *specStore) find(name string) (types.CustomizationSpecItem, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, item := range st.items {
		if item.Info.Name == name {
			return item, true
		}
	}

	return types.CustomizationSpecItem{}, false
}

func (st *specStore) use(vm, name string) {
	if name == "" {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.users == nil {
		st.users = map[string]string{}
	}
	st.users[vm] = name
}

func (st *specStore) usedBy(vm string) string {
	st.mu.Lock()
	defer st.mu.Unlock()

	return st.users[vm]
}

func (st *specStore) forget(vm string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.users, vm)
}

// change replaces the items by what alter makes of a copy, and reports what vim25 shows of them.
func (st *specStore) change(alter func([]types.CustomizationSpecItem) []types.CustomizationSpecItem) []types.CustomizationSpecInfo {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.items = alter(slices.Clone(st.items))
	infos := make([]types.CustomizationSpecInfo, 0, len(st.items))
	for _, item := range st.items {
		infos = append(infos, item.Info)
	}

	return infos
}

func (s *Server) changeSpecs(alter func([]types.CustomizationSpecItem) []types.CustomizationSpecItem) {
	ref := *s.model.ServiceContent.CustomizationSpecManager
	s.registry.Put(&mo.CustomizationSpecManager{Self: ref, Info: s.specs.change(alter)})
}

// createSpecs makes the specification that every server starts with.
func (s *Server) createSpecs() {
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
	s.changeSpecs(func([]types.CustomizationSpecItem) []types.CustomizationSpecItem {
		return []types.CustomizationSpecItem{item}
	})
}

// listSpecs is GET /api/vcenter/guest/customization-specs.
func (s *Server) listSpecs(*restCall) (int, any, *problem) {
	s.specs.mu.Lock()
	defer s.specs.mu.Unlock()
	summaries := []map[string]any{}
	for _, item := range s.specs.items {
		summaries = append(summaries, map[string]any{
			"name": item.Info.Name, "description": item.Info.Description, "os_type": strings.ToUpper(item.Info.Type),
			"last_modified": item.Info.LastUpdateTime.UTC().Format(timeFormat),
		})
	}

	return http.StatusOK, summaries, nil
}

// getSpec is GET /api/vcenter/guest/customization-specs/{name}.
func (s *Server) getSpec(c *restCall) (int, any, *problem) {
	item, ok := s.specs.find(c.params["name"])
	if !ok {
		return 0, nil, &problem{
			errorType: errorNotFound,
			messages:  []string{"The customization specification '" + c.params["name"] + "' was not found."},
		}
	}

	return http.StatusOK, map[string]any{
		"fingerprint":   item.Info.ChangeVersion,
		"last_modified": item.Info.LastUpdateTime.UTC().Format(timeFormat),
		"spec": map[string]any{
			"description": item.Info.Description,
			"spec": map[string]any{
				"configuration_spec": map[string]any{"linux_config": map[string]any{
					"domain": "example.com", "hostname": map[string]any{"type": "VIRTUAL_MACHINE"},
				}},
				"global_DNS_settings": map[string]any{},
				"interfaces":          []any{map[string]any{"adapter": map[string]any{"ipv4": map[string]any{"type": "DHCP"}}}},
			},
		},
	}, nil
}

func doesCustomizationSpecExist(s *Server, c *call) soap.HasFault {
	_, ok := s.specs.find(bodyOf[types.DoesCustomizationSpecExist](c).Name)

	return &methods.DoesCustomizationSpecExistBody{Res: &types.DoesCustomizationSpecExistResponse{Returnval: ok}}
}

func unknownSpec(name string) soap.HasFault {
	p := &problem{
		fault: &types.NotFound{}, errorType: errorNotFound,
		messages: []string{"The customization specification '" + name + "' was not found."},
	}

	return p.body()
}

func getCustomizationSpec(s *Server, c *call) soap.HasFault {
	name := bodyOf[types.GetCustomizationSpec](c).Name
	item, ok := s.specs.find(name)
	if !ok {
		return unknownSpec(name)
	}

	return &methods.GetCustomizationSpecBody{Res: &types.GetCustomizationSpecResponse{Returnval: item}}
}

func createCustomizationSpec(s *Server, c *call) soap.HasFault {
	item := bodyOf[types.CreateCustomizationSpec](c).Item
	if _, ok := s.specs.find(item.Info.Name); ok {
		p := &problem{
			fault: &types.AlreadyExists{Name: item.Info.Name}, messages: []string{"The specification exists already."},
		}

		return p.body()
	}
	item.Info.LastUpdateTime = new(time.Now())
	s.changeSpecs(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem { return append(items, item) })

	return &methods.CreateCustomizationSpecBody{Res: &types.CreateCustomizationSpecResponse{}}
}

func overwriteCustomizationSpec(s *Server, c *call) soap.HasFault {
	item := bodyOf[types.OverwriteCustomizationSpec](c).Item
	if _, ok := s.specs.find(item.Info.Name); !ok {
		return unknownSpec(item.Info.Name)
	}
	item.Info.LastUpdateTime = new(time.Now())
	s.changeSpecs(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem {
		return append(slices.DeleteFunc(items, named(item.Info.Name)), item)
	})

	return &methods.OverwriteCustomizationSpecBody{Res: &types.OverwriteCustomizationSpecResponse{}}
}

func deleteCustomizationSpec(s *Server, c *call) soap.HasFault {
	name := bodyOf[types.DeleteCustomizationSpec](c).Name
	if _, ok := s.specs.find(name); !ok {
		return unknownSpec(name)
	}
	s.changeSpecs(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem {
		return slices.DeleteFunc(items, named(name))
	})

	return &methods.DeleteCustomizationSpecBody{Res: &types.DeleteCustomizationSpecResponse{}}
}

func named(name string) func(types.CustomizationSpecItem) bool {
	return func(item types.CustomizationSpecItem) bool { return item.Info.Name == name }
}
