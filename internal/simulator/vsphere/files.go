package vsphere

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// smallFile is the size up to which a file is copied; a disk's data has nothing to say in a simulator.
const smallFile = 1 << 20

// moveFile makes a file of a VM exist on another datastore and returns its path there. The old one stays where it is,
// because govmomi keeps writing its log there.
func (s *Server) moveFile(path string, target types.ManagedObjectReference) string {
	moved := onDatastore(path, s.entityName(target))
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
func (s *Server) hostPath(path string) string {
	var parsed object.DatastorePath
	parsed.FromString(path)
	datastore, ok := s.registry.Get(s.datastoreOfPath(path)).(*simulator.Datastore)
	if !ok {
		return ""
	}

	return filepath.Join(datastore.Summary.Url, filepath.FromSlash(parsed.Path))
}
