package vspherechaos

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/pbm"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// furnish creates the objects that the vCenter does not start with, and freezes a machine.
func (p *platform) furnish(ctx context.Context) (err error) {
	login := url.UserPassword(p.Username(), p.Password())
	client, err := govmomi.NewClient(ctx, &url.URL{Scheme: "https", Host: p.Endpoint(), Path: "/sdk", User: login}, true)
	if err != nil {
		return fmt.Errorf("logging in: %w", err)
	}
	defer func() { err = errors.Join(err, client.Logout(ctx)) }()
	session := rest.NewClient(client.Client)
	if err := session.Login(ctx, login); err != nil {
		return fmt.Errorf("logging in to REST: %w", err)
	}
	defer func() { err = errors.Join(err, session.Logout(ctx)) }()
	for _, furnish := range []func() error{
		func() error { return p.furniture.addFolder(ctx, client) },
		func() error { return p.furniture.addTags(ctx, tags.NewManager(session)) },
		func() error { return p.furniture.addAttribute(ctx, client) },
		func() error { return p.furniture.findPolicies(ctx, client) },
	} {
		if err := furnish(); err != nil {
			return err
		}
	}
	p.furniture.networks = []string{p.ID("/DC0/network/VM Network"), p.ID("/DC0/network/DC0_DVPG0")}
	frozen, _ := p.VM(machines[frozenMachine])
	if err := p.ChangeVM(frozen.ID, vcenter.Change{InstantCloneFrozen: new(true)}); err != nil {
		return err
	}
	for _, vm := range p.VMs() {
		p.initial[vm.ID] = true
	}

	return nil
}

func (f *furniture) addFolder(ctx context.Context, client *govmomi.Client) error {
	vms, err := find.NewFinder(client.Client).Folder(ctx, "/DC0/vm")
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	prod, err := vms.CreateFolder(ctx, "prod")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	f.folder = prod.Reference().Value

	return nil
}

func (f *furniture) addTags(ctx context.Context, manager *tags.Manager) error {
	category, err := manager.CreateCategory(ctx, &tags.Category{Name: "stage", Cardinality: "MULTIPLE", AssociableTypes: []string{"VirtualMachine"}})
	if err != nil {
		return fmt.Errorf("making a category of tags: %w", err)
	}
	for _, name := range []string{"blue", "green"} {
		tag, err := manager.CreateTag(ctx, &tags.Tag{Name: name, CategoryID: category})
		if err != nil {
			return fmt.Errorf("making a tag: %w", err)
		}
		f.tags = append(f.tags, tag)
	}

	return nil
}

func (f *furniture) addAttribute(ctx context.Context, client *govmomi.Client) error {
	manager, err := object.GetCustomFieldsManager(client.Client)
	if err != nil {
		return fmt.Errorf("finding the custom attributes: %w", err)
	}
	f.attribute = "owner"
	if _, err := manager.Add(ctx, f.attribute, "VirtualMachine", nil, nil); err != nil {
		return fmt.Errorf("making a custom attribute: %w", err)
	}

	return nil
}

func (f *furniture) findPolicies(ctx context.Context, client *govmomi.Client) error {
	service, err := pbm.NewClient(ctx, client.Client)
	if err != nil {
		return fmt.Errorf("finding the storage policies: %w", err)
	}
	profiles, err := service.ProfileMap(ctx)
	if err != nil {
		return fmt.Errorf("reading the storage policies: %w", err)
	}
	for _, name := range []string{"vSAN Default Storage Policy", "VVol No Requirements Policy"} {
		profile, ok := profiles.Name[name]
		if !ok {
			return fmt.Errorf("there is no storage policy %q", name)
		}
		f.policies = append(f.policies, profile.GetPbmProfile().ProfileId.UniqueId)
	}
	slices.Sort(f.policies)

	return nil
}
