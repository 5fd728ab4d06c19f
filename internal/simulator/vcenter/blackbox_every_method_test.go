package vcenter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxEveryMethodAnswers calls every method that govmomi's simulator has on the objects that clones deal with, with empty
// requests and with requests full of references that lead nowhere. Whatever comes back must be an answer: no connection
// is cut, and the process survives.
func TestBlackBoxEveryMethodAnswers(t *testing.T) {
	t.Parallel()
	for kind, object := range map[string]any{
		"VirtualMachine": &simulator.VirtualMachine{}, "VirtualMachineSnapshot": &simulator.VirtualMachineSnapshot{},
		"Folder": &simulator.Folder{}, "ResourcePool": &simulator.ResourcePool{}, "Task": &simulator.Task{},
		"ClusterComputeResource": &simulator.ClusterComputeResource{}, "Datastore": &simulator.Datastore{},
		"Datacenter": &simulator.Datacenter{}, "PropertyCollector": &simulator.PropertyCollector{},
		"AuthorizationManager":     &simulator.AuthorizationManager{},
		"CustomizationSpecManager": &simulator.CustomizationSpecManager{},
		"EventManager":             &simulator.EventManager{}, "TaskManager": &simulator.TaskManager{},
		"SearchIndex": &simulator.SearchIndex{}, "ViewManager": &simulator.ViewManager{},
	} {
		for _, filled := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/filled=%v", kind, filled), func(t *testing.T) {
				t.Parallel()
				server := startServer(t, quick())
				client := loginSOAP(t, server)
				this := exampleOf(t, server, client, kind)
				for _, request := range requestsOf(object) {
					body := reflect.New(request)
					if filled {
						fill(body.Elem(), 3)
					}
					body.Elem().FieldByName("This").Set(reflect.ValueOf(this))
					if err := post(t.Context(), client, request.Name(), body.Interface()); err != nil {
						t.Errorf("%s: %v", request.Name(), err)
					}
				}
				wantAlive(t, loginSOAP(t, server))
			})
		}
	}
}

// exampleOf returns an object of the kind.
func exampleOf(
	t *testing.T, server *vcenter.Server, client *govmomi.Client, kind string,
) types.ManagedObjectReference {
	t.Helper()
	content := client.ServiceContent
	switch kind {
	case "VirtualMachine":
		return reference(kind, mustVM(t, server, "DC0_C0_RP0_VM0").ID)
	case "VirtualMachineSnapshot":
		return snapshot(t, virtualMachine(t, server, client, "DC0_C0_RP0_VM0"), "nonsense")
	case "Task":
		started, err := virtualMachine(t, server, client, "DC0_C0_RP0_VM0").PowerOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}

		return started.Reference()
	}
	managers := map[string]*types.ManagedObjectReference{
		"PropertyCollector": &content.PropertyCollector, "AuthorizationManager": content.AuthorizationManager,
		"CustomizationSpecManager": content.CustomizationSpecManager, "EventManager": content.EventManager,
		"TaskManager": content.TaskManager, "SearchIndex": content.SearchIndex, "ViewManager": content.ViewManager,
	}
	if manager := managers[kind]; manager != nil {
		return *manager
	}
	paths := map[string]string{
		"Folder": "/DC0/vm", "ResourcePool": "/DC0/host/DC0_C0/Resources", "ClusterComputeResource": "/DC0/host/DC0_C0",
		"Datastore": "/DC0/datastore/LocalDS_0", "Datacenter": "/DC0",
	}

	return reference(kind, mustID(t, server, paths[kind]))
}

// requestsOf returns the request types of an object's methods.
func requestsOf(object any) []reflect.Type {
	var requests []reflect.Type
	for described := range reflect.TypeOf(object).Methods() {
		method := described.Type
		if method.NumOut() != 1 || method.NumIn() < 2 || method.Out(0) != reflect.TypeFor[soap.HasFault]() {
			continue
		}
		request := method.In(method.NumIn() - 1)
		if request.Kind() != reflect.Pointer {
			continue
		}
		request = request.Elem()
		// A wait without an end would never answer.
		if _, found := request.FieldByName("This"); found && !strings.HasPrefix(request.Name(), "WaitForUpdates") {
			requests = append(requests, request)
		}
	}

	return requests
}

// fill sets what can be set, down to a depth: references that lead nowhere, one element in each list, short texts.
func fill(value reflect.Value, depth int) {
	if depth == 0 || !value.CanSet() {
		return
	}
	if value.Type() == reflect.TypeFor[types.ManagedObjectReference]() {
		value.Set(reflect.ValueOf(reference("VirtualMachine", "vm-99999")))

		return
	}
	if value.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		for _, field := range value.Fields() {
			fill(field, depth-1)
		}
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(value.Elem(), depth)
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		fill(value.Index(0), depth)
	case reflect.String:
		value.SetString("nonsense")
	case reflect.Int32, reflect.Int64:
		value.SetInt(-1)
	default:
	}
}

// post sends one SOAP request and reports whether there was an answer: a response or a fault.
func post(ctx context.Context, client *govmomi.Client, name string, request any) error {
	var body bytes.Buffer
	name = strings.TrimSuffix(name, "RequestType")
	start := xml.StartElement{Name: xml.Name{Space: "urn:vim25", Local: name}}
	if err := xml.NewEncoder(&body).EncodeElement(request, start); err != nil {
		return nil //nolint:nilerr // such a request cannot be sent
	}

	return postXML(ctx, client, body.String())
}

// postXML is post for a request as it goes over the wire.
func postXML(ctx context.Context, client *govmomi.Client, request string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body := strings.NewReader(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>` + request + `</Body></Envelope>`)
	sent, err := http.NewRequestWithContext(ctx, http.MethodPost, client.URL().String(), body)
	if err != nil {
		return err
	}
	sent.Header.Set("Content-Type", "text/xml; charset=utf-8")

	return client.Do(ctx, sent, func(answer *http.Response) error {
		content, err := io.ReadAll(answer.Body)
		if err == nil && !bytes.Contains(content, []byte("Body")) {
			err = errors.New("no SOAP answer: " + answer.Status + " " + string(content))
		}

		return err
	})
}
