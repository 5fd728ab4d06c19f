package disks

import (
	"math"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// largestGiB is the largest disk that vSphere takes, 62 TiB.
const largestGiB = 62 << 10

// Bytes returns a capacity in bytes, rounded up to a whole MiB, which every datastore can make; 0 where it is null or unknown.
func Bytes(capacity types.Number) int64 {
	if capacity.IsNull() || capacity.IsUnknown() {
		return 0
	}
	size := new(big.Float).Mul(capacity.ValueBigFloat(), big.NewFloat(gib/mib))
	whole, accuracy := size.Int64()
	if accuracy == big.Below && whole < math.MaxInt64/mib {
		whole++
	}

	return whole * mib
}

// InGiB returns a capacity in bytes as a number of GiB.
func InGiB(bytes int64) types.Number {
	return types.NumberValue(new(big.Float).Quo(new(big.Float).SetInt64(bytes), big.NewFloat(gib)))
}

// observedCapacity returns the capacity as the disk has it, and as it was spelled where that is the same.
func observedCapacity(before types.Number, bytes int64) types.Number {
	if Bytes(before) == (bytes+mib-1)/mib*mib {
		return before
	}

	return InGiB(bytes)
}
