package conn

import (
	"crypto/rand"
	"encoding/hex"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// NewUUID returns a new uuid as ZStack writes them: 32 lower-case hexadecimal digits of a random UUID (RFC 9562, version 4).
func NewUUID() string {
	var bytes [16]byte
	_, _ = rand.Read(bytes[:]) // it never fails
	bytes[6] = bytes[6]&0x0f | 0x40
	bytes[8] = bytes[8]&0x3f | 0x80

	return hex.EncodeToString(bytes[:])
}

// IsUUID reports whether text can be a uuid: ZStack's own are 32 hexadecimal digits. What can't must not get into a path or
// a comma list.
func IsUUID(text string) bool {
	if len(text) != 32 {
		return false
	}
	_, err := hex.DecodeString(text)

	return err == nil
}

// ErrMalformedUUID is in the chain of the error for a uuid that can't be one.
var ErrMalformedUUID = errors.New("a uuid has 32 hexadecimal digits")

// CheckUUID returns an error of kind InvalidArgument for what is no uuid: it can't name anything, and must not become part of a
// path or of a comma list.
func CheckUUID(what httpapi.Call, uuid string) error {
	if IsUUID(uuid) {
		return nil
	}
	failure := what.Error(apierr.InvalidArgument, CodeInvalidArgument).Wrap(ErrMalformedUUID)
	failure.Arguments = []string{uuid}

	return failure
}
