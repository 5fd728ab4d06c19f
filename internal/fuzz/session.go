package fuzz

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

const tokenHeader = "vmware-api-session-id" //nolint:gosec // a header's name

// sessions are the logins of an episode.
type sessions struct {
	simulated *simulated
	soap      []*http.Cookie
	rest      string // the token of the REST API
	zstack    string // the uuid of the management node's session
}

// logIn opens all sessions.
func (s *sessions) logIn(ctx context.Context) error {
	access := s.simulated.access
	login := `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this>` +
		`<userName>` + access.VSphere.Username + `</userName><password>` + access.VSphere.Password + `</password></Login></Body></Envelope>`
	got, err := s.post(ctx, http.MethodPost, access.VSphere.Endpoint+"/sdk", login, nil)
	if err != nil {
		return err
	}
	s.soap = (&http.Response{Header: got.header}).Cookies()
	got, err = s.post(ctx, http.MethodPost, access.VSphere.Endpoint+"/api/session", "", func(r *http.Request) {
		r.SetBasicAuth(access.VSphere.Username, access.VSphere.Password)
	})
	if err == nil {
		err = json.Unmarshal(got.body, &s.rest)
	}
	if err != nil {
		return fmt.Errorf("log in to REST: %w", err)
	}
	login = fmt.Sprintf(`{"logInByAccount":{"accountName":%q,"password":"%x"}}`, access.ZStack.AccountName, sha512.Sum512([]byte(access.ZStack.Password)))
	got, err = s.post(ctx, http.MethodPut, access.ZStack.Endpoint+"/zstack/v1/accounts/login", login, nil)
	var opened struct{ Inventory struct{ UUID string } }
	if err == nil {
		err = json.Unmarshal(got.body, &opened)
	}
	if err != nil {
		return fmt.Errorf("log in to ZStack: %w", err)
	}
	s.zstack = opened.Inventory.UUID

	return nil
}

func (s *sessions) post(ctx context.Context, verb, address, body string, change func(*http.Request)) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, verb, address, strings.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("log in: %w", err)
	}
	if change != nil {
		change(request)
	}

	return s.simulated.send(request)
}

// send sends a call with the session of its platform.
func (s *sessions) send(ctx context.Context, c call) (answer, error) {
	if c.target.soapMethod == endless {
		short, cancel := context.WithTimeout(ctx, endlessWait)
		defer cancel()
		ctx = short
	}
	address := s.simulated.access.VSphere.Endpoint + c.url
	if c.target.zstack {
		address = s.simulated.access.ZStack.Endpoint + "/zstack" + c.url
	}
	request, err := http.NewRequestWithContext(ctx, c.verb, address, bytes.NewReader(c.body))
	if err != nil {
		return answer{}, fmt.Errorf("send: %w", err)
	}
	for _, cookie := range s.soap {
		request.AddCookie(cookie)
	}
	request.Header.Set(tokenHeader, s.rest)
	request.Header.Set("Authorization", "OAuth "+s.zstack)

	got, err := s.simulated.send(request)
	if c.target.soapMethod == endless && errors.Is(err, context.DeadlineExceeded) {
		return answer{body: []byte("none, as it should be")}, nil
	}

	return got, err
}

// endless is a method without a limit: it is answered at the next change. The client closes the connection before.
const (
	endless     = "WaitForUpdates"
	endlessWait = 20 * time.Millisecond
)

// catalog reads what both platforms answer, and which objects there are.
func (s *simulated) catalog(ctx context.Context) ([]target, []types.ManagedObjectReference, error) {
	var vsphere struct {
		Methods []struct{ Type, Name string }
		Routes  []struct{ Method, Path, Action string }
		Objects []struct{ Type, ID string }
	}
	if err := s.read(ctx, s.access.VSphere.Endpoint+"/_control/catalog", &vsphere); err != nil {
		return nil, nil, err
	}
	var zstack []struct{ Method, Path, Action string }
	if err := s.read(ctx, s.access.ZStack.Endpoint+"/_control/catalog", &zstack); err != nil {
		return nil, nil, err
	}
	var targets []target
	for _, method := range vsphere.Methods {
		targets = append(targets, target{soapType: method.Type, soapMethod: method.Name})
	}
	for _, route := range vsphere.Routes {
		targets = append(targets, target{verb: route.Method, path: route.Path, action: route.Action})
	}
	for _, operation := range zstack {
		targets = append(targets, target{zstack: true, verb: operation.Method, path: operation.Path, action: operation.Action})
	}
	var objects []types.ManagedObjectReference
	for _, object := range vsphere.Objects {
		objects = append(objects, types.ManagedObjectReference{Type: object.Type, Value: object.ID})
	}
	var machines, volumes []struct{ UUID string }
	if err := s.read(ctx, s.access.ZStack.Endpoint+"/_control/vms", &machines); err != nil {
		return nil, nil, err
	}
	if err := s.read(ctx, s.access.ZStack.Endpoint+"/_control/volumes", &volumes); err != nil {
		return nil, nil, err
	}
	for _, one := range append(machines, volumes...) {
		objects = append(objects, types.ManagedObjectReference{Type: "ZStack", Value: one.UUID})
	}

	return targets, objects, nil
}
