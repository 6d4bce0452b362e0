//! What the machines sell: some fifty goods of the kind that stand in machines in China.

/// A kind of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Good {
    /// Its place in [`GOODS`], from which its numbers are made.
    pub(crate) index: usize,
    pub(crate) name: &'static str,
    pub(crate) full_name: &'static str,
    pub(crate) category: Category,
    /// Fen.
    pub(crate) price: i64,
    /// 0 bottle, 1 can, 2 bag, 3 box, 4 cup.
    pub(crate) packing: u8,
    pub(crate) manufacturer: &'static str,
}

impl Good {
    /// The bar code.
    pub(crate) fn number(&self) -> String {
        format!("69{:011}", 20_152_000_000_u64 + 7919 * self.index as u64)
    }

    /// The id on InHand's platform.
    pub(crate) fn id(&self) -> String {
        format!("56765a1544f44995f8dc{:04x}", self.index)
    }
}

/// A group of goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Category {
    /// From 1.
    pub(crate) id: u8,
    pub(crate) name: &'static str,
}

impl Category {
    /// The id on InHand's platform.
    pub(crate) fn long_id(self) -> String {
        format!("566e2e720cf2af0d942506{:02x}", self.id)
    }
}

/// The good at an index; the first for one that is out of range.
pub(crate) fn good(index: usize) -> &'static Good {
    GOODS.get(index).unwrap_or(&FIRST)
}

const FIRST: Good = {
    let [first, ..] = GOODS;
    first
};

const TEA: Category = Category { id: 1, name: "茶饮料" };
const SODA: Category = Category { id: 2, name: "碳酸饮料" };
const WATER: Category = Category { id: 3, name: "饮用水" };
const JUICE: Category = Category { id: 4, name: "果汁" };
const COFFEE: Category = Category { id: 5, name: "咖啡" };
const ENERGY: Category = Category { id: 6, name: "功能饮料" };
const MILK: Category = Category { id: 7, name: "乳品" };
const SNACK: Category = Category { id: 8, name: "零食" };
const MEAL: Category = Category { id: 9, name: "方便食品" };
const DAILY: Category = Category { id: 10, name: "日用品" };

/// All of them.
#[rustfmt::skip] // A table is read by its lines.
pub(crate) const GOODS: [Good; 52] = [
    made(0, "王老吉", "王老吉凉茶 310ml", TEA, 450, 1, "广州王老吉大健康"),
    made(1, "统一冰绿茶", "统一冰绿茶 500ml", TEA, 350, 0, "统一企业"),
    made(2, "康师傅冰红茶", "康师傅冰红茶 500ml", TEA, 350, 0, "康师傅饮品"),
    made(3, "东方树叶茉莉花茶", "东方树叶茉莉花茶 500ml", TEA, 550, 0, "农夫山泉"),
    made(4, "东方树叶乌龙茶", "东方树叶乌龙茶 500ml", TEA, 550, 0, "农夫山泉"),
    made(5, "三得利乌龙茶", "三得利无糖乌龙茶 500ml", TEA, 500, 0, "三得利食品"),
    made(6, "三得利蜜香暖姜", "三得利蜜香暖姜 350ml", TEA, 500, 0, "三得利食品"),
    made(7, "茶π蜜桃乌龙", "茶π蜜桃乌龙茶 500ml", TEA, 500, 0, "农夫山泉"),
    made(8, "可口可乐", "可口可乐 330ml", SODA, 300, 1, "可口可乐"),
    made(9, "零度可口可乐", "零度可口可乐 330ml", SODA, 300, 1, "可口可乐"),
    made(10, "雪碧", "雪碧柠檬味汽水 500ml", SODA, 350, 0, "可口可乐"),
    made(11, "百事可乐", "百事可乐 500ml", SODA, 350, 0, "百事"),
    made(12, "北冰洋橙汁汽水", "北冰洋橙汁汽水 330ml", SODA, 600, 1, "北京北冰洋"),
    made(13, "元气森林白桃", "元气森林白桃苏打气泡水 480ml", SODA, 550, 0, "元气森林"),
    made(14, "Schweppes Tonic", "Schweppes Tonic Water 330ml", SODA, 600, 1, "Coca-Cola"),
    made(15, "农夫山泉", "农夫山泉饮用天然水 550ml", WATER, 200, 0, "农夫山泉"),
    made(16, "怡宝", "怡宝饮用纯净水 555ml", WATER, 200, 0, "华润怡宝"),
    made(17, "百岁山", "百岁山天然矿泉水 570ml", WATER, 300, 0, "景田"),
    made(18, "Evian", "Evian Natural Mineral Water 500ml", WATER, 1200, 0, "Danone"),
    made(19, "Perrier", "Perrier Sparkling 330ml", WATER, 1000, 1, "Nestlé Waters"),
    made(20, "汇源橙汁", "汇源100%橙汁 1L", JUICE, 1290, 3, "汇源果汁"),
    made(21, "农夫果园", "农夫果园30%混合果蔬 500ml", JUICE, 450, 0, "农夫山泉"),
    made(22, "美汁源果粒橙", "美汁源果粒橙 450ml", JUICE, 400, 0, "可口可乐"),
    made(23, "椰树椰汁", "椰树牌椰子汁 245ml", JUICE, 500, 1, "椰树集团"),
    made(24, "水溶C100柠檬", "水溶C100柠檬味 445ml", JUICE, 550, 0, "农夫山泉"),
    made(25, "雀巢丝滑拿铁", "雀巢丝滑拿铁咖啡 268ml", COFFEE, 650, 0, "雀巢"),
    made(26, "星巴克星冰乐", "星巴克星冰乐摩卡味 281ml", COFFEE, 1700, 0, "百事"),
    made(27, "瑞幸生椰拿铁", "瑞幸即饮生椰拿铁 300ml", COFFEE, 1290, 4, "瑞幸咖啡"),
    made(28, "贝纳颂经典拿铁", "贝纳颂经典拿铁 250ml", COFFEE, 790, 4, "康师傅饮品"),
    made(29, "Americano", "Iced Americano Cup 240ml", COFFEE, 990, 4, "UCC"),
    made(30, "红牛", "红牛维生素功能饮料 250ml", ENERGY, 600, 1, "华彬红牛"),
    made(31, "东鹏特饮", "东鹏特饮 500ml", ENERGY, 500, 0, "东鹏饮料"),
    made(32, "脉动青柠", "脉动青柠口味 600ml", ENERGY, 500, 0, "达能"),
    made(33, "外星人电解质水", "外星人电解质水西柚味 500ml", ENERGY, 600, 0, "元气森林"),
    made(34, "宝矿力水特", "宝矿力水特 500ml", ENERGY, 650, 0, "大冢慎昌"),
    made(35, "伊利纯牛奶", "伊利纯牛奶 250ml", MILK, 400, 3, "伊利"),
    made(36, "安慕希原味", "安慕希希腊风味酸奶 205g", MILK, 600, 3, "伊利"),
    made(37, "旺仔牛奶", "旺仔牛奶 245ml", MILK, 550, 1, "旺旺"),
    made(38, "维他奶", "维他奶原味豆奶 250ml", MILK, 350, 3, "维他奶"),
    made(39, "乐事薯片原味", "乐事薯片美国经典原味 75g", SNACK, 850, 2, "百事食品"),
    made(40, "奥利奥", "奥利奥原味夹心饼干 97g", SNACK, 700, 2, "亿滋"),
    made(41, "士力架", "士力架花生夹心巧克力 51g", SNACK, 550, 2, "玛氏"),
    made(42, "德芙丝滑牛奶", "德芙丝滑牛奶巧克力 43g", SNACK, 990, 2, "玛氏"),
    made(43, "卫龙大面筋", "卫龙大面筋 106g", SNACK, 600, 2, "卫龙"),
    made(44, "Pringles Original", "Pringles Original 110g", SNACK, 1490, 4, "Kellanova"),
    made(45, "康师傅红烧牛肉面", "康师傅红烧牛肉面桶装 110g", MEAL, 600, 4, "康师傅"),
    made(46, "双汇王中王", "双汇王中王火腿肠 60g", MEAL, 350, 2, "双汇"),
    made(47, "桃李醇熟面包", "桃李醇熟切片面包 85g", MEAL, 550, 2, "桃李面包"),
    made(48, "维达手帕纸", "维达手帕纸 4层 1包", DAILY, 200, 2, "维达"),
    made(49, "Trojan 保险套", "Trojan 保险套 3只装", DAILY, 2900, 3, "Church & Dwight"),
    made(50, "充电线 USB-C", "USB-C 充电线 1m", DAILY, 3990, 3, "绿联"),
    made(51, "一次性雨衣", "一次性雨衣 均码", DAILY, 990, 2, "晴雨"),
];

const fn made(
    index: usize,
    name: &'static str,
    full_name: &'static str,
    category: Category,
    price: i64,
    packing: u8,
    manufacturer: &'static str,
) -> Good {
    Good { index, name, full_name, category, price, packing, manufacturer }
}

#[cfg(test)]
mod tests {
    use super::GOODS;

    #[test]
    fn every_good_stands_where_its_index_says() {
        for (place, good) in GOODS.iter().enumerate() {
            assert_eq!(good.index, place);
            assert_eq!(good.number().len(), 13);
        }
    }
}
