package bench

import (
	"fmt"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/floor"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// platform is an embedded vCenter or ZStack.
type platform struct {
	server
	provider    string   // the provider's block
	environment []string // what the provider reads instead of arguments
	login       floor.Platform
	// machines returns the ids of the VMs that a resource can be made of.
	machines func() []string
	// named returns the id of a VM.
	named func(name string) string
}

// server is a simulator, as far as it counts requests.
type server interface {
	ResetRequests()
	Requests() serving.RequestCounts
	TraceRequests(tell func(serving.Exchange))
	Close()
}

// room is what a datastore has, in bytes: enough for any number of clones.
const room = 1 << 50

// onVSphere starts an embedded vCenter with as many VMs.
func onVSphere(c Case, vms int) (*platform, error) {
	server, err := vcenter.Start(vcenter.Options{VMs: vms, TaskDuration: c.Task, Latency: c.Latency})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded vCenter: %w", err)
	}
	for _, datastore := range []string{"LocalDS_0", "LocalDS_1"} {
		if err := server.ChangeDatastore(server.ID("/DC0/datastore/"+datastore), nil, new(int64(room))); err != nil {
			server.Close()

			return nil, fmt.Errorf("preparing the embedded vCenter: %w", err)
		}
	}

	return &platform{
		server:   server,
		provider: fmt.Sprintf("  vsphere = { thumbprint = %q }\n", server.Thumbprint()),
		environment: []string{
			"VSPHERE_SERVER=" + server.Endpoint(), "VSPHERE_USER=" + server.Username(), "VSPHERE_PASSWORD=" + server.Password(),
		},
		login: floor.Platform{
			URL: server.URL(), Username: server.Username(), Password: server.Password(), CACertificate: server.CACertificate(),
		},
		named: func(name string) string {
			vm, _ := server.VM(name)

			return vm.ID
		},
		machines: func() []string {
			var ids []string
			for _, vm := range server.VMs() {
				if !vm.Template {
					ids = append(ids, vm.ID)
				}
			}

			return ids
		},
	}, nil
}

// onFrozenVM is onVSphere with a VM that is frozen for instant clones.
func onFrozenVM(c Case, vms int) (*platform, error) {
	return onPrepared(c, vms, func(server *vcenter.Server) error {
		source, _ := server.VM(firstVM)

		return server.ChangeVM(source.ID, vcenter.Change{InstantCloneFrozen: new(true)})
	})
}

// onFrozenVMs is onVSphere with nothing but VMs that are frozen for instant clones.
func onFrozenVMs(c Case, vms int) (*platform, error) {
	return onPrepared(c, vms, func(server *vcenter.Server) error {
		for _, vm := range server.VMs() {
			if vm.Template {
				continue
			}
			if err := server.ChangeVM(vm.ID, vcenter.Change{InstantCloneFrozen: new(true)}); err != nil {
				return err
			}
		}

		return nil
	})
}

// onLargeHosts is onVSphere with hosts that bear any number of fault-tolerant VMs.
func onLargeHosts(c Case, vms int) (*platform, error) {
	return onPrepared(c, vms, func(server *vcenter.Server) error {
		return server.ChangeCluster(server.ID("/DC0/host/DC0_C0"), vcenter.ClusterChange{FaultTolerantVMsPerHost: new(0)})
	})
}

// onPrepared is onVSphere after a change to its inventory.
func onPrepared(c Case, vms int, change func(*vcenter.Server) error) (*platform, error) {
	prepared, err := onVSphere(c, vms)
	if err != nil {
		return nil, err
	}
	if server, ok := prepared.server.(*vcenter.Server); ok {
		err = change(server)
	}
	if err != nil {
		prepared.Close()

		return nil, fmt.Errorf("preparing the embedded vCenter: %w", err)
	}

	return prepared, nil
}

// onZStack starts an embedded ZStack with as many VMs. Those in its recycle bin are none.
func onZStack(c Case, vms int) (*platform, error) {
	server, err := zstacksim.Start(zstacksim.Options{VMs: vms, TaskDuration: c.Task, Latency: c.Latency})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded ZStack: %w", err)
	}

	return &platform{
		server:   server,
		provider: fmt.Sprintf("  zstack = { ca_certificate = %q }\n", server.CACertificate()),
		environment: []string{
			"ZSTACK_HOST=" + server.URL(), "ZSTACK_ACCOUNT_NAME=" + server.AccountName(), "ZSTACK_ACCOUNT_PASSWORD=" + server.Password(),
		},
		login: floor.Platform{
			URL: server.URL(), Username: server.AccountName(), Password: server.Password(), CACertificate: server.CACertificate(),
		},
		named: func(name string) string {
			vm, _ := server.VM(name)

			return vm.UUID
		},
		machines: func() []string {
			alive := slices.DeleteFunc(server.VMs(), func(vm zstacksim.VM) bool { return vm.State == "Destroyed" })
			var uuids []string
			for _, vm := range alive {
				uuids = append(uuids, vm.UUID)
			}

			return uuids
		},
	}, nil
}
