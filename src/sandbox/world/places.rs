//! Where the machines stand: cities with coordinates, and names made of what one finds there.

use crate::sandbox::seed::Seed;

/// A city.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) name: &'static str,
    /// Millionths of a degree.
    pub(crate) longitude: i64,
    /// Millionths of a degree.
    pub(crate) latitude: i64,
    /// Whether its places have English names.
    english: bool,
}

/// All cities.
pub(crate) const AREAS: [Area; 14] = [
    area("北京", 116_407_394, 39_904_211, false),
    area("上海", 121_473_667, 31_230_525, false),
    area("广州", 113_264_499, 23_130_061, false),
    area("深圳", 114_057_939, 22_543_527, false),
    area("成都", 104_066_301, 30_572_961, false),
    area("杭州", 120_209_789, 30_246_920, false),
    area("武汉", 114_304_569, 30_593_354, false),
    area("西安", 108_939_645, 34_343_207, false),
    area("南京", 118_796_624, 32_059_344, false),
    area("重庆", 106_551_643, 29_562_849, false),
    area("苏州", 120_585_294, 31_299_758, false),
    area("天津", 117_201_509, 39_085_318, false),
    area("Singapore", 103_819_836, 1_352_083, true),
    area("Hong Kong", 114_169_361, 22_319_304, true),
];

const fn area(name: &'static str, longitude: i64, latitude: i64, english: bool) -> Area {
    Area { name, longitude, latitude, english }
}

/// A city by its place in the list, which goes round.
pub(crate) fn area_at(index: u64) -> Area {
    let index = usize::try_from(index).unwrap_or(0) % AREAS.len();
    AREAS.get(index).copied().unwrap_or(area("北京", 116_407_394, 39_904_211, false))
}

impl Area {
    /// The name of its `number`th line. No two lines have the same.
    pub(crate) fn line(self, seed: Seed, number: u64) -> String {
        if self.english {
            let theme = seed.pick(&["Campus", "MTR", "Airport", "Business District", "Hospital"]);
            format!("{} {theme} Line {number}", self.name)
        } else {
            let theme = seed.pick(&["京港地铁", "高校", "写字楼", "医院", "产业园", "商圈", "机场", "社区"]);
            format!("{}{theme}{number}号线", self.name)
        }
    }

    /// The name of a site.
    pub(crate) fn site(self, seed: Seed) -> String {
        let number = seed.with(3).below(18) + 1;
        if self.english {
            let house =
                seed.pick(&["Harbour Plaza", "Tech Park", "Terminal", "Science Building", "Central Mall"]);
            let part = seed.with(2).pick(&["Lobby", "Tower B", "Level 3", "East Wing", "Gate"]);
            format!("{house} {number} {part}")
        } else {
            let owner = seed.with(1).pick(&[
                "启明",
                "国贸",
                "万达",
                "金茂",
                "中关村",
                "光谷",
                "天府",
                "西溪",
                "星海",
                "龙湖",
                "望京",
                "陆家嘴",
            ]);
            let house = seed.pick(&[
                "国际大厦",
                "软件园",
                "中心医院",
                "地铁站",
                "大学图书馆",
                "体育馆",
                "购物中心",
                "客运站",
                "科技园",
                "学生公寓",
            ]);
            let part =
                seed.with(2).pick(&["A座大厅", "B口", "负一层", "东门", "二期", "门诊楼", "3楼茶水间"]);
            format!("{owner}{house}{number}号{part}")
        }
    }

    /// A street address.
    pub(crate) fn address(self, seed: Seed) -> String {
        let number = seed.below(980) + 1;
        if self.english {
            let street = seed.with(1).pick(&["Nathan Road", "Orchard Road", "Queen's Road", "Marina View"]);
            format!("{number} {street}, {}", self.name)
        } else {
            let street = seed.with(1).pick(&[
                "人民路",
                "中山大道",
                "解放路",
                "科技二路",
                "学院路",
                "滨江大道",
                "建设街",
            ]);
            format!("{}市{street}{number}号", self.name)
        }
    }

    /// A point not far from the middle of the city: longitude and latitude in millionths of a degree.
    pub(crate) fn point(self, seed: Seed) -> (i64, i64) {
        let away = |salt| seed.with(salt).below_signed(160_000) - 80_000;
        (self.longitude + away(1), self.latitude + away(2))
    }
}

/// Writes millionths of a degree as degrees.
pub(crate) fn degrees(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::degrees;

    #[test]
    fn degrees_keep_their_zeros_and_their_sign() {
        assert_eq!(degrees(116_549_815), "116.549815");
        assert_eq!(degrees(-52_083), "-0.052083");
    }
}
