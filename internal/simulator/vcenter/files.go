package vcenter

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// smallFile is the size up to which a file is copied; a disk's data has nothing to say in a simulator.
const smallFile = 1 << 20

// storage is what lies on the datastores: files of VMs, chains of disks, and free space.
type storage struct {
	inventory *inventory
}

// moveFile makes a file of a VM exist on another datastore and returns its path there. The old one stays where it is,
// because govmomi keeps writing its log there.
func (s *storage) moveFile(path string, target types.ManagedObjectReference) string {
	moved := onDatastore(path, s.inventory.entityName(target))
	from, to := s.hostPath(path), s.hostPath(moved)
	if from == "" || to == "" {
		return moved
	}
	_ = os.MkdirAll(filepath.Dir(to), 0o700)
	copySmall(from, to)
	if bare, isDisk := strings.CutSuffix(from, ".vmdk"); isDisk {
		copySmall(bare+"-flat.vmdk", strings.TrimSuffix(to, ".vmdk")+"-flat.vmdk")
	}

	return moved
}

func copySmall(from, to string) {
	info, err := os.Stat(from)
	if err != nil || info.IsDir() {
		return
	}
	var content []byte
	if info.Size() <= smallFile {
		content, _ = os.ReadFile(filepath.Clean(from))
	}
	_ = os.WriteFile(filepath.Clean(to), content, 0o600)
}

// hostPath is where a datastore path lies on this machine.
func (s *storage) hostPath(path string) string {
	var parsed object.DatastorePath
	parsed.FromString(path)
	datastore, ok := s.inventory.registry.Get(s.inventory.datastoreOfPath(path)).(*simulator.Datastore)
	if !ok {
		return ""
	}

	return filepath.Join(datastore.Summary.Url, filepath.FromSlash(parsed.Path))
}

// create makes a VM of a literal name that is known to be free, on behalf of a method of ours. govmomi mixes up the
// devices of a VM whose name needs escapes, and takes the name for files as it is: so the VM is made under a plain name
// and renamed before anybody can see it.
func (s *vmStore) create(ctx *simulator.Context, req *types.CreateVM_Task) (types.ManagedObjectReference, *problem) {
	literal := req.Config.Name
	req.Config.Name = fileName(literal)
	_, result, p := s.stock.invoke(ctx, req.This, "CreateVM_Task", req)
	if p != nil {
		return types.ManagedObjectReference{}, p
	}
	ref, _ := result.(types.ManagedObjectReference)
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return ref, nil
	}
	// vCenter tells the state of fault tolerance of every VM, govmomi's simulator of none.
	changes := append(slices.Clone(snapshotsSupported), types.PropertyChange{
		Name: "runtime.faultToleranceState", Val: types.VirtualMachineFaultToleranceStateNotConfigured,
	})
	if req.Config.Name != literal {
		name := escapeName(literal)
		changes = append(changes, types.PropertyChange{Name: "name", Val: name},
			types.PropertyChange{Name: "config.name", Val: name}, types.PropertyChange{Name: "summary.config.name", Val: name})
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, changes)

	return ref, nil
}

// placeFiles gives a VM that is about to be created a directory of its own on a datastore, and its disks files. A disk
// whose backing names a datastore goes there.
func (s *storage) placeFiles(config *types.VirtualMachineConfigSpec, datastore string) {
	name := fileName(config.Name)
	directory := name
	for i := 1; s.taken("[" + datastore + "] " + directory); i++ {
		directory = fmt.Sprintf("%s_%d", name, i)
	}
	config.Files = &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s] %s/%s.vmx", datastore, directory, name)}
	disks := 0
	for _, change := range config.DeviceChange {
		disk, ok := change.GetVirtualDeviceConfigSpec().Device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo)
		if !ok {
			continue
		}
		info := backing.GetVirtualDeviceFileBackingInfo()
		var parsed object.DatastorePath
		if !parsed.FromString(info.FileName) {
			parsed.Datastore = datastore
		}
		file := name
		if disks > 0 {
			file = fmt.Sprintf("%s_%d", name, disks)
		}
		disks++
		info.FileName = fmt.Sprintf("[%s] %s/%s.vmdk", parsed.Datastore, directory, file)
		_ = os.MkdirAll(filepath.Dir(s.hostPath(info.FileName)), 0o700)
	}
}

func (s *storage) taken(path string) bool {
	_, err := os.Stat(s.hostPath(path))

	return err == nil
}
