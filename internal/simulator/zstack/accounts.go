package zstack

import (
	"crypto/sha512"
	"encoding/hex"
	"net/http"
)

const (
	adminName     = "admin"
	adminPassword = "password"
	// adminAccount is the uuid of the account that every installation has.
	adminAccount = "36c27e8ff05c4780bf6d2fa65700f22e"
)

// accountAPI is the API of logins, and of what the management node tells without one. It knows one account and opens sessions in the
// session store.
type accountAPI struct {
	password string
	version  string
	sessions *sessionStore
}

// operations returns the APIs that need no session.
func (a accountAPI) operations() []operation {
	return []operation{
		{
			name: "LogInByAccount", method: http.MethodPut, path: "/v1/accounts/login", action: "logInByAccount",
			sync: true, open: true, begin: a.logIn,
		},
		{
			name: "ValidateSession", method: http.MethodGet, path: "/v1/accounts/sessions/{uuid}/valid",
			sync: true, open: true, begin: a.validateSession,
		},
		{
			name: "LogOut", method: http.MethodDelete, path: "/v1/accounts/sessions/{uuid}",
			sync: true, open: true, begin: a.logOut,
		},
		{
			name: "GetVersion", method: http.MethodPut, path: "/v1/management-nodes/actions", action: "getVersion",
			sync: true, open: true, begin: a.getVersion,
		},
	}
}

// logIn is LogInByAccount: the password comes as its hexadecimal SHA-512.
func (a accountAPI) logIn(c *call) (effect, *errorCode) {
	var params struct {
		AccountName string `json:"accountName"`
		Password    string `json:"password"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	sum := sha512.Sum512([]byte(a.password))
	if params.AccountName != adminName || params.Password != hex.EncodeToString(sum[:]) {
		return nil, newError(codeLoginFailed, "wrong account name or password")
	}

	return func() (any, *errorCode) {
		created, failure := a.sessions.openSession()
		if failure != nil {
			return nil, failure
		}

		return map[string]any{"inventory": map[string]any{
			"uuid": created.uuid, "accountUuid": adminAccount, "userUuid": adminAccount,
			"createDate": date(created.createdAt), "expiredDate": date(created.expiresAt),
		}}, nil
	}, nil
}

// validateSession is ValidateSession, which does not extend the session.
func (a accountAPI) validateSession(c *call) (effect, *errorCode) {
	return func() (any, *errorCode) {
		return map[string]any{"valid": a.sessions.valid(c.values["uuid"])}, nil
	}, nil
}

// logOut is LogOut. An unknown session is no error.
func (a accountAPI) logOut(c *call) (effect, *errorCode) {
	return func() (any, *errorCode) {
		a.sessions.remove(c.values["uuid"])

		return nil, nil
	}, nil
}

// getVersion is GetVersion.
func (a accountAPI) getVersion(*call) (effect, *errorCode) {
	return func() (any, *errorCode) { return map[string]any{"version": a.version}, nil }, nil
}
