package vcenter

import (
	"net/http"
	"strconv"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// restCloneSpec is the body of POST /api/vcenter/vm?action=clone (VM.CloneSpec).
type restCloneSpec struct {
	Source    string `json:"source"`
	Name      string `json:"name"`
	Placement *struct {
		Folder       string `json:"folder"`
		ResourcePool string `json:"resource_pool"`
		Host         string `json:"host"`
		Cluster      string `json:"cluster"`
		Datastore    string `json:"datastore"`
	} `json:"placement"`
	DisksToRemove []string `json:"disks_to_remove"`
	DisksToUpdate map[string]struct {
		Datastore string `json:"datastore"`
	} `json:"disks_to_update"`
	PowerOn       bool `json:"power_on"`
	Customization *struct {
		Name string `json:"name"`
	} `json:"guest_customization_spec"`
}

// restClone answers POST /api/vcenter/vm?action=clone, with vmw-task=true as a task. What can be
// refused at once is refused by the call in either case.
func (s *restAPI) restClone(c *restCall) (int, any, *problem) {
	var spec restCloneSpec
	if p := c.decode(&spec); p != nil {
		return 0, nil, p
	}
	if spec.Source == "" {
		return 0, nil, invalidArgument("source", "The source is missing.")
	}
	record, p := s.beginRESTClone(c, spec)
	if p != nil {
		return 0, nil, p
	}
	if c.query.Get("vmw-task") == "true" {
		return http.StatusAccepted, record.cisID, nil
	}
	select {
	case <-record.done:
	case <-s.lifetime.stopped:
		return 0, nil, cancelled()
	}
	if record.problem != nil {
		return 0, nil, record.problem
	}
	ref, _ := record.result.(types.ManagedObjectReference)

	return http.StatusOK, ref.Value, nil
}

func (s *restAPI) beginRESTClone(c *restCall, spec restCloneSpec) (*taskRecord, *problem) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	request, p := s.cloneRequestOf(spec)
	if p != nil {
		return nil, p
	}
	request.user = c.user
	plan, p := s.clones.planClone(request)
	if p == nil {
		p = s.clones.checkFree(plan)
	}
	if p != nil {
		return nil, p
	}
	record := s.tasks.start(c.ctx, taskSpec{
		method: s.match(c.r).method, name: "CloneVM_Task", description: descriptions["CloneVM_Task"], operation: "clone",
		entity: request.source, entityName: literalName(plan.original.Name), user: c.user, effect: s.clones.cloneEffect(request),
	})
	s.clones.beingCloned(c.ctx, plan)

	return record, nil
}

func (s *restAPI) cloneRequestOf(spec restCloneSpec) (cloneRequest, *problem) {
	request := cloneRequest{source: vmRef(spec.Source), name: spec.Name, powerOn: spec.PowerOn, rest: true, rules: placementRules{drsChooses: true}}
	if p := spec.Placement; p != nil {
		request.placement = placement{
			folder: refOf("Folder", p.Folder), pool: refOf("ResourcePool", p.ResourcePool), host: refOf("HostSystem", p.Host),
			cluster: refOf("ClusterComputeResource", p.Cluster), datastore: refOf("Datastore", p.Datastore),
		}
		if app := refOf("VirtualApp", p.ResourcePool); isA[*simulator.VirtualApp](s.inventory.registry.Get(app)) {
			request.placement.pool = app
		}
	}
	for _, key := range spec.DisksToRemove {
		number, p := diskKey("disks_to_remove", key)
		if p != nil {
			return request, p
		}
		request.remove = append(request.remove, number)
	}
	request.update = map[int32]types.ManagedObjectReference{}
	for key, disk := range spec.DisksToUpdate {
		number, p := diskKey("disks_to_update", key)
		if p != nil {
			return request, p
		}
		if disk.Datastore != "" { // unset: as placement says
			request.update[number] = refOf("Datastore", disk.Datastore)
		}
	}

	return request, s.customizationOf(spec, &request)
}

func (s *restAPI) customizationOf(spec restCloneSpec, request *cloneRequest) *problem {
	if spec.Customization == nil {
		return nil
	}
	found, ok := s.specs.find(spec.Customization.Name)
	if !ok {
		return &problem{
			fault: &types.NotFound{}, errorType: errorNotFound,
			messages: []string{"The customization specification '" + spec.Customization.Name + "' was not found."},
		}
	}
	request.customization, request.specName = &found.Spec, found.Info.Name

	return nil
}

func diskKey(argument, key string) (int32, *problem) {
	number, err := strconv.ParseInt(key, 10, 32)
	if err != nil {
		return 0, invalidArgument(argument, "The source has no disk %s.", key)
	}

	return int32(number), nil
}

func refOf(kind, id string) types.ManagedObjectReference {
	if id == "" {
		return types.ManagedObjectReference{}
	}

	return types.ManagedObjectReference{Type: kind, Value: id}
}
