package vcenter

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/xml"
)

// exclusiveMethods run inside govmomi without going through the method table, and change the inventory.
var exclusiveMethods = map[string]bool{
	"Login": true, "LoginByToken": true, "LoginExtensionByCertificate": true, "CloneSession": true, "Logout": true,
}

// request is the state of a SOAP request while govmomi serves it.
type request struct {
	done <-chan struct{} // closed when the client has closed the connection
	// exclusive says that the inventory is locked for writing during this request.
	exclusive bool
	version   string // of the API that it is written in
	// ctx is what govmomi answers the request with; nil before it has looked for the session.
	ctx *simulator.Context
	// answer is the dispatcher's answer; nil where govmomi did not call it.
	answer soap.HasFault
	// emptied names the parameters that are given as empty texts, where that matters; see noteEmptied.
	emptied map[string]bool
}

// inflight finds the request behind a call from govmomi, whose contexts carry none.
type inflight struct {
	next     atomic.Int64
	requests sync.Map // id → *request
}

type requestKey struct{}

// cookieSeparator stands between the session's key and the request's id in the cookie that govmomi sees.
const cookieSeparator = '.'

// sessionCookieName is the cookie that carries a SOAP session.
const sessionCookieName = soap.SessionCookieName

func (s *vimAPI) serveSOAP(w http.ResponseWriter, r *http.Request, method string) {
	version, p := s.spoken(r)
	if p != nil {
		writeSOAPFault(w, http.StatusInternalServerError, p)

		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	s.serveRequest(w, r, &request{done: r.Context().Done(), exclusive: exclusiveMethods[method], version: version})
}

// serveRequest gives a SOAP request to govmomi.
func (s *vimAPI) serveRequest(w http.ResponseWriter, r *http.Request, known *request) {
	known.emptied, _ = r.Context().Value(emptiedKey{}).(map[string]bool)
	id := s.inflight.add(known)
	defer s.inflight.remove(id)

	session := ""
	if cookie, err := r.Cookie(sessionCookieName); err == nil {
		session = cookie.Value
	}
	r.Header.Set("Cookie", sessionCookieName+"="+session+string(cookieSeparator)+id)
	if known.exclusive {
		s.inventory.mu.Lock()
		defer s.inventory.mu.Unlock()
	}
	if p := s.serveGovmomi(w, r, known); p != nil {
		writeSOAPFault(w, http.StatusInternalServerError, p)
	}
}

// serveGovmomi lets govmomi answer. It returns a problem, and has written nothing, where govmomi panics: in a call without a session, which
// does not come to the dispatcher, or on a request that it cannot decode.
func (s *vimAPI) serveGovmomi(w http.ResponseWriter, r *http.Request, known *request) (p *problem) {
	defer func() {
		if p != nil && known.ctx != nil {
			s.inventory.releaseLocks(known.ctx)
		}
	}()
	defer guard(&p)
	s.inventory.service.ServeMux.ServeHTTP(w, r)

	return nil
}

func (f *inflight) add(r *request) string {
	id := strconv.FormatInt(f.next.Add(1), 10)
	f.requests.Store(id, r)

	return id
}

func (f *inflight) remove(id string) { f.requests.Delete(id) }

// sessionCookie is govmomi's hook for the session's key: it removes the request's id from the cookie and stores the request
// in the context of the call.
func (s *vimAPI) sessionCookie(ctx *simulator.Context) string {
	cookie := simulator.HTTPCookie(ctx)
	separator := strings.LastIndexByte(cookie, cookieSeparator)
	if separator < 0 {
		return cookie
	}
	ctx.Context = s.inventory.lifetime.root()
	if found, ok := s.inflight.requests.Load(cookie[separator+1:]); ok {
		ctx.Context = context.WithValue(ctx.Context, requestKey{}, found)
		if known, ok := found.(*request); ok {
			known.ctx = ctx
		}
	}

	return cookie[:separator]
}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}

	return &request{}
}

// soapMethod returns the name of the first element in the envelope's body.
func soapMethod(body []byte) string {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	inBody := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return "malformed"
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case inBody:
			return start.Name.Local
		case start.Name.Local == "Header":
			if err := decoder.Skip(); err != nil {
				return "malformed"
			}
		case start.Name.Local == "Body":
			inBody = true
		}
	}
}
