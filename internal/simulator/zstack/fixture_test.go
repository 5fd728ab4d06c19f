package zstack_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// bench is a server and a caller with a session, for the tests of the inventory.
type bench struct {
	*caller

	server *zstacksim.Server
}

func newBench(t *testing.T, options zstacksim.Options) *bench {
	t.Helper()
	server := startFront(t, options)

	return &bench{caller: logIn(t, server), server: server}
}

// job sends an asynchronous call and waits for its end.
func (b *bench) job(method, path string, body any) reply {
	b.t.Helper()

	return b.end(b.start(method, path, body))
}

// act runs an action on a VM.
func (b *bench) act(uuid, key string, params object) reply {
	b.t.Helper()

	return b.job(http.MethodPut, "/v1/vm-instances/"+uuid+"/actions", object{key: orEmpty(params)})
}

func orEmpty(params object) object {
	if params == nil {
		return object{}
	}

	return params
}

// id returns the uuid of an object, which must exist.
func (b *bench) id(kind, name string) string {
	b.t.Helper()
	uuid := b.server.ID(kind, name)
	if uuid == "" {
		b.t.Fatalf("there is no %s %s", kind, name)
	}

	return uuid
}

func (b *bench) vm(name string) zstacksim.VM {
	b.t.Helper()
	vm, ok := b.server.VM(name)
	if !ok {
		b.t.Fatalf("there is no VM %s", name)
	}

	return vm
}

// machine is a VM as the API shows it, with the fields that tests read.
type machine struct {
	UUID, Name, Description, State, ZoneUUID, ClusterUUID, HostUUID, LastHostUUID, RootVolumeUUID, CreateDate string
	CPUNum, MemorySize                                                                                        int64
	VMNics                                                                                                    []struct{ UUID, IP, MAC, L3NetworkUUID string }
	AllVolumes                                                                                                []disk
}

// disk is a volume as the API shows it.
type disk struct {
	UUID, Name, Type, Status, PrimaryStorageUUID, VMInstanceUUID string
	Size, DeviceID                                               int64
}

// entry is one entry of the result of a clone call.
type entry struct {
	Inventory *machine
	Started   bool
	Error     *failure
}

// cloned is the result of a clone call.
type cloned struct {
	NumberOfClonedVM int
	Inventories      []entry
}

// named returns the clone with a name.
func (c cloned) named(t *testing.T, name string) machine {
	t.Helper()
	for _, one := range c.Inventories {
		if one.Inventory != nil && one.Inventory.Name == name {
			return *one.Inventory
		}
	}
	t.Fatalf("there is no clone %s among %+v", name, c)

	return machine{}
}

// cloneBody is the body of a clone call; more is added beside the action, as systemTags are.
func cloneBody(params object, more ...object) object {
	body := object{"cloneVmInstance": params}
	for _, part := range more {
		maps.Copy(body, part)
	}

	return body
}

// clone clones a VM and waits for the result.
func (b *bench) clone(source string, params object, more ...object) cloned {
	b.t.Helper()
	got := b.job(http.MethodPut, clonePath(source), cloneBody(params, more...)).wantStatus(b.t, http.StatusOK)
	var body struct{ Result cloned }
	got.decode(b.t, &body)

	return body.Result
}

func clonePath(source string) string { return "/v1/vm-instances/" + source + "/actions" }

// cloneOne clones golden under a name.
func (b *bench) cloneOne(name string, params object, more ...object) machine {
	b.t.Helper()
	params["names"] = []string{name}

	return b.clone(b.id("vm", "golden"), params, more...).named(b.t, name)
}

// read queries one kind of resource; conditions have the form of q.
func read[T any](b *bench, path string, conditions ...string) []T {
	b.t.Helper()
	separator := "?"
	for _, condition := range conditions {
		path += separator + "q=" + condition
		separator = "&"
	}
	var body struct{ Inventories []T }
	b.do(http.MethodGet, path, nil).wantStatus(b.t, http.StatusOK).decode(b.t, &body)

	return body.Inventories
}

// get reads one VM, which must exist.
func (b *bench) get(uuid string) machine {
	b.t.Helper()
	found := read[machine](b, "/v1/vm-instances/"+uuid)
	if len(found) != 1 {
		b.t.Fatalf("%d VMs have the uuid %s", len(found), uuid)
	}

	return found[0]
}

// wantState asserts a VM's state.
func (b *bench) wantState(uuid, want string) {
	b.t.Helper()
	if got := b.get(uuid).State; got != want {
		b.t.Errorf("%s is %s, want %s", uuid, got, want)
	}
}

// must fails the test if one of the server's Go methods does.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// inventory is the part of the inventory that tests compare before and after.
func (b *bench) inventory() string {
	tags := []string{}
	for _, vm := range b.server.VMs() {
		tags = append(tags, fmt.Sprintf("%+v", b.server.Tags(vm.UUID)))
	}
	slices.Sort(tags)

	return fmt.Sprintf("%+v\n%+v\n%+v\n%v", b.server.VMs(), b.server.Volumes(), b.server.SnapshotGroups(), tags)
}
