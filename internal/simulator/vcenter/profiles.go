package vcenter

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	pbmsim "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	privilegeViewProfiles   = "StorageProfile.View"
	privilegeUpdateProfiles = "StorageProfile.Update"
)

// profileStore is the service of storage policies, below /pbm, which a client uses with its vCenter session. It is govmomi's, with
// privileges.
type profileStore struct {
	inventory *inventory
	users     *userStore
	service   *simulator.Registry

	mu       sync.Mutex
	assigned map[types.ManagedObjectReference]map[int32]string // VM → key of a disk, or home → id of the policy
}

// defaultProfiles guards the policies that every vCenter has: govmomi shares them between all services, and writes them when it creates
// one.
var defaultProfiles sync.RWMutex

// register adds the service to govmomi's.
func (s *profileStore) register() {
	defaultProfiles.Lock()
	s.service = pbmsim.New()
	defaultProfiles.Unlock()
	s.service.Handler = s.check
	s.inventory.service.RegisterSDK(s.service)
}

// serve answers a request for the service.
func (s *profileStore) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	defaultProfiles.RLock()
	defer defaultProfiles.RUnlock()
	s.inventory.service.ServeMux.ServeHTTP(w, r)
}

// check is govmomi's hook before each call: it refuses a user without the privilege. govmomi refuses calls without a session.
func (s *profileStore) check(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil || method.Name == "PbmRetrieveServiceContent" {
		return nil, nil
	}
	privilege := privilegeViewProfiles
	if slices.Contains([]string{"PbmCreate", "PbmUpdate", "PbmDelete"}, method.Name) {
		privilege = privilegeUpdateProfiles
	}
	if p := s.users.require(ctx.Session.UserName, privilege, s.inventory.rootFolder()); p != nil {
		return nil, p.vimFault()
	}
	if strings.HasPrefix(method.Name, "PbmQueryAssociatedProfile") || method.Name == "PbmQueryIOFiltersFromProfileId" {
		return &associations{ProfileManager: s.manager(), profiles: s}, nil
	}

	return nil, nil
}
