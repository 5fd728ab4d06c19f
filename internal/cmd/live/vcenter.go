package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

//go:embed vcenter.tf
var vcenterConfiguration string

// vcenter is a vCenter under proof, seen past the provider.
type vcenter struct {
	folderPath, vmPath string
	prefix             string
	login              login
	second             *login // of a user who may not see the machine; nil without one

	client *govmomi.Client
	rest   *rest
	source *object.VirtualMachine
	folder *object.Folder
	moved  *object.Folder // what machines are moved to, below folder; nil until something was made
	task   string         // a CIS task that has ended
}

// login is an address with a user and a password.
type login struct {
	server, user, password string
	unverified             bool
	environment            []string // the same, for the provider
}

// newVCenter reads the usual environment variables.
func newVCenter(folder, vm, prefix string, getenv func(string) string) (*vcenter, error) {
	v := &vcenter{folderPath: folder, vmPath: vm, prefix: prefix}
	for name, into := range map[string]*string{
		"VSPHERE_SERVER": &v.login.server, "VSPHERE_USER": &v.login.user, "VSPHERE_PASSWORD": &v.login.password,
	} {
		if *into = getenv(name); *into == "" {
			return nil, fmt.Errorf("%s is not set: the run logs in with VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD", name)
		}
		v.login.environment = append(v.login.environment, name+"="+*into)
	}
	const unverified = "VSPHERE_ALLOW_UNVERIFIED_SSL"
	if value := getenv(unverified); value != "" {
		v.login.unverified = value == "true" || value == "1"
		v.login.environment = append(v.login.environment, unverified+"="+value)
	}
	if user := getenv("VMFORK_LIVE_VSPHERE_USER"); user != "" {
		v.second = &login{server: v.login.server, user: user, password: getenv("VMFORK_LIVE_VSPHERE_PASSWORD"), unverified: v.login.unverified}
	}

	return v, nil
}

func (v *vcenter) name() string { return "vSphere" }

func (v *vcenter) intends() string {
	return fmt.Sprintf(`On vSphere (%s, as %s):
  clones %s up to 12 times into %s, which must be empty; one of the clones runs for some minutes, without its network
  makes there a folder, a template, two snapshots and four instant clones; all names begin with %s-
  takes all of it away again; changes nothing else`, v.login.server, v.login.user, v.vmPath, v.folderPath, v.prefix)
}

func (v *vcenter) private() []string {
	words := append(strings.Split(v.folderPath, "/"), strings.Split(v.vmPath, "/")...)
	words = append(words, v.login.server, v.login.user, v.login.password, v.prefix)
	if v.second != nil {
		words = append(words, v.second.user, v.second.password)
	}

	return words
}

func (v *vcenter) configuration() (string, map[string]any, []string) {
	return vcenterConfiguration, map[string]any{
		"prefix": v.prefix, "source_path": v.vmPath, "folder_path": v.folderPath,
		"renamed": false, "moved": false,
	}, v.login.environment
}

func (v *vcenter) versions() string {
	about := v.client.ServiceContent.About

	return fmt.Sprintf("%s %s build-%s (API %s)", about.Name, about.Version, about.Build, about.ApiVersion)
}

// connect logs in, and finds folder and machine.
func (v *vcenter) connect(ctx context.Context) error {
	var err error
	if v.client, err = v.login.open(ctx); err != nil {
		return err
	}
	if v.rest, err = openREST(ctx, v.client.Client, v.login); err != nil {
		return err
	}
	index := object.NewSearchIndex(v.client.Client)
	machine, err := index.FindByInventoryPath(ctx, v.vmPath)
	if err != nil {
		return fmt.Errorf("look for the machine: %w", err)
	}
	place, err := index.FindByInventoryPath(ctx, v.folderPath)
	if err != nil {
		return fmt.Errorf("look for the folder: %w", err)
	}
	vm, isVM := machine.(*object.VirtualMachine)
	folder, isFolder := place.(*object.Folder)
	switch {
	case !isVM:
		return wrong("there is no virtual machine at the path of -vm")
	case !isFolder:
		return wrong("there is no folder at the path of -folder")
	}
	v.source, v.folder = vm, folder

	return v.begin(ctx)
}

// begin looks at machine and folder, and makes the folder that machines are moved to.
func (v *vcenter) begin(ctx context.Context) error {
	var source mo.VirtualMachine
	if err := v.read(ctx, v.source.Reference(), []string{"config.template"}, &source); err != nil {
		return err
	}
	if source.Config != nil && source.Config.Template {
		return wrong("what -vm names is a template: give a virtual machine; the run makes a template of its own")
	}
	inside, err := v.folder.Children(ctx)
	if err != nil {
		return fmt.Errorf("read the folder: %w", err)
	}
	if len(inside) > 0 {
		return wrong("the folder of -folder is not empty: it has %d objects", len(inside))
	}
	if v.moved, err = v.folder.CreateFolder(ctx, v.prefix+"-moved"); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}

	return nil
}

// open logs in.
func (l login) open(ctx context.Context) (*govmomi.Client, error) {
	address, err := soap.ParseURL(l.server)
	if err != nil {
		return nil, fmt.Errorf("the address of the vCenter: %w", err)
	}
	address.User = url.UserPassword(l.user, l.password)
	client, err := govmomi.NewClient(ctx, address, l.unverified)
	if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}

	return client, nil
}

// machines lists the virtual machines in the folder and below it.
func (v *vcenter) machines(ctx context.Context) ([]mo.VirtualMachine, error) {
	inside, err := view.NewManager(v.client.Client).CreateContainerView(ctx, v.folder.Reference(), []string{"VirtualMachine"}, true)
	if err != nil {
		return nil, fmt.Errorf("list the machines: %w", err)
	}
	defer func() { _ = inside.Destroy(ctx) }() // it ends with the session
	var machines []mo.VirtualMachine
	err = inside.Retrieve(ctx, []string{"VirtualMachine"}, []string{"name", "parent", "snapshot", "config", "runtime", "recentTask"}, &machines)
	if err != nil {
		return nil, fmt.Errorf("read the machines: %w", err)
	}

	return machines, nil
}

// named returns the machines of a name.
func (v *vcenter) named(ctx context.Context, name string) ([]mo.VirtualMachine, error) {
	machines, err := v.machines(ctx)
	var found []mo.VirtualMachine
	for _, machine := range machines {
		if machine.Name == name {
			found = append(found, machine)
		}
	}

	return found, err
}

func (v *vcenter) rename(ctx context.Context, vm types.ManagedObjectReference, name string) error {
	return v.await(ctx)(object.NewVirtualMachine(v.client.Client, vm).Rename(ctx, name))
}

// await waits for a task that a call has begun: v.await(ctx)(vm.Rename(…)).
func (v *vcenter) await(ctx context.Context) func(*object.Task, error) error {
	return func(begun *object.Task, err error) error {
		if err == nil {
			err = begun.WaitEx(ctx)
		}
		if err != nil {
			return fmt.Errorf("a call past the provider: %w", err)
		}

		return nil
	}
}

// read reads properties of one object.
func (v *vcenter) read(ctx context.Context, of types.ManagedObjectReference, properties []string, into any) error {
	if err := property.DefaultCollector(v.client.Client).RetrieveOne(ctx, of, properties, into); err != nil {
		return fmt.Errorf("read an object: %w", err)
	}

	return nil
}

// leave ends the sessions.
func (v *vcenter) leave(ctx context.Context) error {
	return errors.Join(v.rest.close(ctx), v.client.Logout(ctx))
}
