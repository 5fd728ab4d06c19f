package conn

import (
	"github.com/vmware/govmomi/pbm"
	"github.com/vmware/govmomi/vim25/soap"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// PolicyMethod returns what makes a call of the service of storage policies (PBM, below /pbm), which knows the session of vim25.
func (c *Conn) PolicyMethod(what httpapi.Call) Method {
	return Method{conn: c, what: what, limit: c.timeout, service: c.policies}
}

// policyClient returns a client of the service of storage policies. It speaks SOAP also where vim25 methods are called as JSON.
func (c *Conn) policyClient() *soap.Client {
	client := c.soap.NewServiceClient(pbm.Path, pbm.Namespace)
	client.Transport, client.CheckRedirect = c.transport, httpapi.RefuseRedirect
	client.UserAgent = c.soap.UserAgent
	client.Cookie = c.sessionHeader

	return client
}

// sessionHeader returns the element of a SOAP header that carries the session of vim25, nil where there is none.
func (c *Conn) sessionHeader() *soap.HeaderElement {
	c.mu.Lock()
	token := c.jsonToken
	c.mu.Unlock()
	if token != "" {
		return &soap.HeaderElement{Value: token}
	}

	return c.soap.SessionCookie()
}
