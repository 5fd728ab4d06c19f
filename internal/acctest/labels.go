package acctest

import (
	"net/url"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// Labels works on tags and custom attributes of a simulated vCenter, outside Terraform.
type Labels struct {
	tb     testing.TB
	server *vcenter.Server
}

// NewLabels returns the labels of a simulated vCenter.
func NewLabels(tb testing.TB, server *vcenter.Server) Labels {
	tb.Helper()

	return Labels{tb, server}
}

// Category makes a category of tags for some types of objects, or for all types where none is given, and returns its id. A VM can have only one
// tag of a single category.
func (l Labels) Category(name string, single bool, of ...string) string {
	l.tb.Helper()
	category := &tags.Category{Name: name, Cardinality: "MULTIPLE", AssociableTypes: of}
	if single {
		category.Cardinality = "SINGLE"
	}
	var id string
	l.tagging(func(manager *tags.Manager) (err error) {
		id, err = manager.CreateCategory(l.tb.Context(), category)

		return err
	})

	return id
}

// Tag makes a tag of a category and returns its id.
func (l Labels) Tag(categoryID, name string) string {
	l.tb.Helper()
	var id string
	l.tagging(func(manager *tags.Manager) (err error) {
		id, err = manager.CreateTag(l.tb.Context(), &tags.Tag{Name: name, CategoryID: categoryID})

		return err
	})

	return id
}

// Attach attaches a tag to a VM.
func (l Labels) Attach(vm, tagID string) {
	l.tb.Helper()
	l.tagging(func(manager *tags.Manager) error {
		return manager.AttachTag(l.tb.Context(), tagID, l.ref(vm))
	})
}

// Detach takes a tag off a VM.
func (l Labels) Detach(vm, tagID string) {
	l.tb.Helper()
	l.tagging(func(manager *tags.Manager) error {
		return manager.DetachTag(l.tb.Context(), tagID, l.ref(vm))
	})
}

// Define defines a custom attribute of a type of objects, or of all types where the type is empty.
func (l Labels) Define(name, of string) {
	l.tb.Helper()
	l.fields(func(manager *object.CustomFieldsManager) error {
		_, err := manager.Add(l.tb.Context(), name, of, nil, nil)

		return err
	})
}

// Set sets a custom attribute of a VM.
func (l Labels) Set(vm, name, value string) {
	l.tb.Helper()
	l.fields(func(manager *object.CustomFieldsManager) error {
		key, err := manager.FindKey(l.tb.Context(), name)
		if err == nil {
			err = manager.Set(l.tb.Context(), l.ref(vm), key, value)
		}

		return err
	})
}

func (l Labels) ref(vm string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: VM(l.tb, l.server, vm).ID}
}

// tagging makes calls of the tagging API in a session of their own.
func (l Labels) tagging(work func(manager *tags.Manager) error) {
	l.tb.Helper()
	l.inSession(func(client *vim25.Client) error {
		session := rest.NewClient(client)
		err := session.Login(l.tb.Context(), url.UserPassword(l.server.Username(), l.server.Password()))
		if err == nil {
			err = work(tags.NewManager(session))
		}
		if err == nil {
			err = session.Logout(l.tb.Context())
		}

		return err
	})
}

// fields makes calls of the manager of custom attributes in a session of their own.
func (l Labels) fields(work func(manager *object.CustomFieldsManager) error) {
	l.tb.Helper()
	l.inSession(func(client *vim25.Client) error {
		manager, err := object.GetCustomFieldsManager(client)
		if err == nil {
			err = work(manager)
		}

		return err
	})
}

// inSession does work in a session of its own, and fails the test where it fails.
func (l Labels) inSession(work func(client *vim25.Client) error) {
	l.tb.Helper()
	client := LogIn(l.tb, l.server)
	err := work(client.Client)
	if err == nil {
		err = client.Logout(l.tb.Context())
	}
	if err != nil {
		l.tb.Fatal(err)
	}
}
