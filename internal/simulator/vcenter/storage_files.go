package vcenter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// storage manages what is on the datastores: files of VMs, chains of disks, and free space.
type storage struct {
	inventory *inventory
}

// smallFile is the size in bytes up to which a file is copied; the content of larger ones does not matter here.
const smallFile = 1 << 20

// moveFile copies a file of a VM to another datastore and returns its path there. The old one stays where it is,
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

// hostPath returns the path of a datastore path on this machine, empty without such a datastore.
func (s *storage) hostPath(path string) string {
	var parsed object.DatastorePath
	parsed.FromString(path)
	datastore, ok := s.inventory.registry.Get(s.inventory.datastoreOfPath(path)).(*simulator.Datastore)
	if !ok {
		return ""
	}

	return filepath.Join(datastore.Summary.Url, filepath.FromSlash(parsed.Path))
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

func (s *storage) deleteFile(file string) {
	host := s.hostPath(file)
	if host == "" {
		return
	}
	_ = os.Remove(host)
	if bare, isDisk := strings.CutSuffix(host, ".vmdk"); isDisk {
		_ = os.Remove(bare + "-flat.vmdk")
	}
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

// onDatastore returns a datastore path with another datastore.
func onDatastore(path, datastore string) string {
	var parsed object.DatastorePath
	parsed.FromString(path)
	parsed.Datastore = datastore

	return strings.TrimSpace(parsed.String())
}

// checkFiles refuses work on a VM whose files lie on a datastore that cannot be reached.
func (s *storage) checkFiles(vm *simulator.VirtualMachine) *problem {
	files := []string{vm.Config.Files.VmPathName}
	for _, disk := range disksOf(vm) {
		files = append(files, copyDisk(disk).File)
	}
	for _, file := range files {
		datastore, ok := s.inventory.registry.Get(s.inventory.datastoreOfPath(file)).(*simulator.Datastore)
		if ok && !datastore.Summary.Accessible {
			return fileProblem(file, "Datastore '"+datastore.Name+"' is not accessible.")
		}
	}

	return nil
}
