package zstack

import (
	"crypto/sha512"
	"encoding/hex"
	"net/http"
	"slices"
	"sync"
)

const (
	adminName     = "admin"
	adminPassword = "password"
	// adminAccount is the uuid of the account that every installation has.
	adminAccount = "36c27e8ff05c4780bf6d2fa65700f22e"
)

// account is one that may log in. All but the administrator see what they own and what is shared with them, and the infrastructure.
type account struct {
	uuid, name, password string
	key                  accessKey
}

// accountStore holds the accounts. It has its own lock.
type accountStore struct {
	mu  sync.Mutex
	all []account
}

// AddAccount adds an account, and returns its uuid and its access key.
func (s *accountStore) AddAccount(name, password string) (uuid, keyID, keySecret string) {
	added := account{uuid: newUUID(), name: name, password: password, key: newAccessKey()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, added)

	return added.uuid, added.key.id, added.key.secret
}

func (s *accountStore) find(wanted func(account) bool) (account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.all, wanted); i >= 0 {
		return s.all[i], true
	}

	return account{}, false
}

func (s *accountStore) withKey(id string) (account, bool) {
	return s.find(func(one account) bool { return one.key.id == id })
}

func (s *accountStore) named(name string) (account, bool) {
	return s.find(func(one account) bool { return one.name == name })
}

// keyRecords shows the access keys of an account, as a query of it finds them.
func (s *accountStore) keyRecords(of string) []record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shown []record
	for _, one := range s.all {
		if of == one.uuid || of == adminAccount {
			shown = append(shown, record{
				"uuid": one.uuid, "accountUuid": one.uuid, "userUuid": one.uuid, "AccessKeyID": one.key.id, "state": stateEnabled,
			})
		}
	}

	return shown
}

// accountAPI is the API of logins, and of what the management node tells without one. It opens sessions in the session store.
type accountAPI struct {
	version  string
	accounts *accountStore
	sessions *sessionStore
}

// operations returns the APIs of accounts.
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
		{name: "QueryAccessKey", method: http.MethodGet, path: "/v1/accesskeys", sync: true, begin: a.queryKeys},
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
	of, found := a.accounts.named(params.AccountName)
	sum := sha512.Sum512([]byte(of.password))
	if !found || params.Password != hex.EncodeToString(sum[:]) {
		return nil, newError(codeLoginFailed, "wrong account name or password")
	}

	return func() (any, *errorCode) {
		created, failure := a.sessions.openSession(of)
		if failure != nil {
			return nil, failure
		}

		return map[string]any{"inventory": map[string]any{
			"uuid": created.uuid, "accountUuid": of.uuid, "userUuid": of.uuid,
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

// queryKeys is QueryAccessKey: an account sees its own.
func (a accountAPI) queryKeys(c *call) (effect, *errorCode) {
	query, refused := parseQuery(c.query)
	if refused != nil {
		c.refused = refused

		return nil, nil
	}
	matching, failure := query.filter(a.accounts.keyRecords(c.session.account))

	return func() (any, *errorCode) { return query.answer(matching), nil }, failure
}
